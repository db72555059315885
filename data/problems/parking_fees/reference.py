def parking_fees(stays, member):
    total = 0.0
    dearest = 0.0
    for minutes in stays:
        fee = 0.0
        if minutes > 20:
            left = minutes
            while left > 0 and fee < 6.0:
                fee += 1.5
                left -= 60
        total += fee
        dearest = fee if fee > dearest else dearest
    if member:
        total = (total - dearest) / 2
    return total
