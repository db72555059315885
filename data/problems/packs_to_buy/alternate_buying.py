def packs_to_buy(recipe, pantry, sizes, batches):
    needs = {name: portion * batches for name, portion in recipe.items()}
    for name, have in pantry.items():
        if name in needs:
            needs[name] -= have
    bought = {name: 0 for name, short in needs.items() if short > 0}
    for name in bought:
        while needs[name] > 0:
            needs[name] -= sizes[name] if name in sizes else 1
            bought[name] += 1
    return bought
