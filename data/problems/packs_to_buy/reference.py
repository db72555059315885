def packs_to_buy(recipe, pantry, sizes, batches):
    basket = {}
    for item, amount in recipe.items():
        missing = amount * batches - pantry.get(item, 0)
        if missing <= 0:
            continue
        size = sizes.get(item, 1)
        packs = missing // size
        if missing % size != 0:
            packs += 1
        basket[item] = packs
    return basket
