def fastest(legs, charge):
    options = {(0, charge)}
    for n in range(len(legs)):
        step = legs[n]
        walked = {(time + 3 * step, fuel + 1) for time, fuel in options}
        driven = {(time + step, fuel - step) for time, fuel in options if fuel >= step}
        options = walked | driven
    return min(time for time, _ in options)
