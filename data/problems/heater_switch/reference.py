class Heater:
    def __init__(self, low, high):
        self.low = low
        self.high = high
        self.on = False
        self.deaf = 0
        self.switches = 0

    def read(self, value):
        if self.deaf > 0:
            self.deaf -= 1
        elif (value > self.high) if self.on else (value < self.low):
            self.on = not self.on
            self.deaf = 2
            self.switches += 1


def heat(readings, low, high):
    heater = Heater(low, high)
    signs = ""
    for reading in readings:
        heater.read(reading)
        signs += "+" if heater.on else "-"
    return signs, heater.switches
