def outcome(stock, loans, who, what):
    if sum(loan[0] == who for loan in loans) == 2:
        return "full"
    out = sum(loan[1] == what for loan in loans)
    return "ok" if out < stock.get(what, 0) else "none"


def shed_log(stock, events):
    loans = []
    answers = []
    for who, verb, what in map(str.split, events):
        if verb == "takes":
            answer = outcome(stock, loans, who, what)
            if answer == "ok":
                loans.append((who, what))
        elif (who, what) in loans:
            loans.remove((who, what))
            answer = "ok"
        else:
            answer = "what?"
        answers.append(answer)
    return answers
