def kiosk(prices):
    paid = 0
    gain = 0
    for price in prices:
        over = price % 5
        if over == 0:
            amount = price
        elif gain <= -3 or (over > 2 and gain < 3):
            amount = price + 5 - over
        else:
            amount = price - over
        paid += amount
        gain += amount - price
    return paid, gain
