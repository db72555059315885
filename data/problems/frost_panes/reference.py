def freeze(width, frost, hours):
    full = (1 << width) - 1
    passed = 0
    while passed < hours:
        touched = (frost << 1) ^ (frost >> 1)
        fresh = touched & ~frost & full
        if fresh == 0:
            break
        frost |= fresh
        passed += 1
    return frost, passed
