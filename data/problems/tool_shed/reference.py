class Refused(Exception):
    pass


class Shed:
    def __init__(self, stock):
        self.stock = dict(stock)
        self.held = {}

    def take(self, name, tool):
        mine = self.held.setdefault(name, [])
        if len(mine) == 2:
            raise Refused("full")
        if self.stock.get(tool, 0) == 0:
            raise Refused("none")
        self.stock[tool] -= 1
        mine.append(tool)

    def give_back(self, name, tool):
        if tool not in self.held.get(name, []):
            raise Refused("what?")
        self.held[name].remove(tool)
        self.stock[tool] += 1


def shed_log(stock, events):
    shed = Shed(stock)
    log = []
    for event in events:
        name, verb, tool = event.split()
        try:
            shed.take(name, tool) if verb == "takes" else shed.give_back(name, tool)
            log.append("ok")
        except Refused as refusal:
            log.append(str(refusal))
    return log
