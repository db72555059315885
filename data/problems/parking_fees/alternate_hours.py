def parking_fees(stays, member):
    paid = sorted(stay for stay in stays if stay > 20)
    if member and paid:
        paid.pop()
    hours = 0
    for stay in paid:
        started = -(-stay // 60)
        hours += started if started < 4 else 4
    price = 0.75 if member else 1.5
    return hours * price
