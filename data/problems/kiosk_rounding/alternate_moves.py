def next_gain(gain, cents):
    down = gain - cents
    if cents == 0 or gain >= 3:
        return down
    up = down + 5
    if gain <= -3:
        return up
    return up if up - gain < gain - down else down


def kiosk(prices):
    drift = [0]
    for cents in [price % 5 for price in prices]:
        drift.append(next_gain(drift[-1], cents))
    return sum(prices) + drift[-1], drift[-1]
