class SoldOut(Exception):
    pass


def fetch(left, dish):
    if dish == "bread":
        return
    if left[dish] == 0:
        raise SoldOut(dish)
    left[dish] -= 1


def serve(portions, guests):
    left = dict(portions)
    plates = []
    desserts = 0
    for wishes in guests:
        plate = "bread"
        for dish in wishes:
            try:
                fetch(left, dish)
            except (KeyError, SoldOut):
                continue
            plate = dish
            break
        plates.append(plate)
        if wishes and plate != wishes[0]:
            desserts += 1
    return plates, desserts
