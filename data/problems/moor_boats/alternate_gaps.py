def moor(berths, taken, boats):
    gaps = []
    for berth in range(berths):
        if taken // 2**berth % 2 == 1:
            continue
        if gaps and gaps[-1][0] + gaps[-1][1] == berth:
            gaps[-1][1] += 1
        else:
            gaps.append([berth, 1])
    answer = [-1] * len(boats)
    for i, need in enumerate(boats):
        for gap in gaps:
            if gap[1] >= need:
                answer[i] = gap[0]
                gap[0] += need
                gap[1] -= need
                break
    return answer
