def spread(friends, start):
    believers = [start]
    doubters = []
    telling = [start]
    while telling:
        heard = {}
        for teller in telling:
            for listener in friends[teller]:
                heard[listener] = heard.get(listener, 0) + 1
        telling = []
        for listener in sorted(heard):
            if listener in believers or listener in doubters:
                continue
            if heard[listener] == 1:
                telling.append(listener)
            else:
                doubters.append(listener)
        believers += telling
    return believers, len(doubters)
