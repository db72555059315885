class Turnstile:
    def __init__(self):
        self.paid = 0
        self.misses = 0
        self.passed = 0
        self.returned = 0
        self.jams = 0

    def coin(self):
        if self.misses == 3 or self.paid == 2:
            self.returned += 1
        else:
            self.paid += 1
            self.misses = 0

    def push(self):
        if self.paid > 0:
            self.paid -= 1
            self.passed += 1
        elif self.misses < 3:
            self.misses += 1
            self.jams += self.misses == 3


def gate(events):
    stile = Turnstile()
    for event in events:
        if event == "c":
            stile.coin()
        elif event == "p":
            stile.push()
        elif stile.misses == 3:
            stile.misses = 0
    return stile.passed, stile.returned, stile.jams
