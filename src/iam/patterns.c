/* patterns.c - see patterns.h: a determinised automaton, walked breadth first, so that the shortest texts come out. */
#include "iam/patterns.h"

#include "policy/arn.h"

enum { WORDS_MAX = 32, STATES_MAX = 1024, STEPS_MAX = 400000 };

typedef enum { STEP_CHAR, STEP_ONE, STEP_ANY, STEP_ONE_BUT_COLON, STEP_ANY_BUT_COLON, STEP_END } step_kind;

struct step {
    step_kind kind;
    char c;
    bool folds;
};

struct state {
    const uint64_t *places; /* where each pattern may stand */
    uint32_t parent;
    char by;
};

struct machine {
    arena *arena;
    struct step *steps; /* of all patterns, one behind the other, each closed by STEP_END */
    size_t step_count, words;
    uint64_t ends[WORDS_MAX];
    char alphabet[256];
    size_t letters;
    VEC(struct state) states;
    bool returns; /* to the first state, from `back` by `back_by`: a text that is not empty for it */
    uint32_t back;
    char back_by;
    uint32_t *table; /* states by hash, +1; 0: free */
    size_t room;
    size_t work;
};

/* ---- the patterns as steps ---- */

static bool is_wild(const struct text_pattern *p, char c)
{
    return p->wildcards && (p->glob.filled ? c == (char)GLOB_ANY || c == (char)GLOB_ONE : c == '*' || c == '?');
}

static void add_steps(struct machine *m, const struct text_pattern *p)
{
    bool parts = p->arn && arn_has_parts(p->glob.text);
    int colons = 0;
    for (size_t i = 0; i < p->glob.text.len; i++) {
        char c = p->glob.text.ptr[i];
        bool any = c == (char)GLOB_ANY || c == '*', inside = parts && colons < ARN_RESOURCE;
        struct step *s = &m->steps[m->step_count++];
        colons += c == ':';
        if (is_wild(p, c))
            s->kind = any ? (inside ? STEP_ANY_BUT_COLON : STEP_ANY) : (inside ? STEP_ONE_BUT_COLON : STEP_ONE);
        s->c = c;
        s->folds = p->folds;
    }
    m->ends[m->step_count / 64] |= (uint64_t)1 << m->step_count % 64;
    m->steps[m->step_count++].kind = STEP_END;
}

static void add_letter(struct machine *m, char c)
{
    for (size_t i = 0; i < m->letters; i++)
        if (m->alphabet[i] == c)
            return;
    m->alphabet[m->letters++] = c;
}

/* A character that no pattern names, so that it stands for all such. */
static bool add_stranger(struct machine *m)
{
    static const char candidates[] = "xzq0179abcdefghijklmnoprstuvwyABCDEFGHIJKLMNOPQRSTUVWXYZ2345678-_=+.,@~!";
    for (const char *c = candidates; *c; c++) {
        size_t before = m->letters;
        add_letter(m, *c);
        if (m->letters > before)
            return true;
    }
    return false;
}

static bool make_alphabet(struct machine *m)
{
    bool beyond = false, colons = false;
    for (size_t i = 0; i < m->step_count; i++) {
        const struct step *s = &m->steps[i];
        colons |= s->kind == STEP_ANY_BUT_COLON || s->kind == STEP_ONE_BUT_COLON;
        if (s->kind != STEP_CHAR)
            continue;
        beyond |= (unsigned char)s->c >= 0x80;
        add_letter(m, s->c);
        if (s->folds && ascii_lower(s->c) >= 'a' && ascii_lower(s->c) <= 'z')
            add_letter(m, (char)(s->c ^ 0x20));
    }
    if (colons)
        add_letter(m, ':');
    return add_stranger(m) && !beyond; /* bytes are the letters here: a text might end inside a code point */
}

/* ---- running it ---- */

/* Adds a place, and those that its wildcards reach without a character. */
static void add_place(const struct machine *m, uint64_t *places, size_t i)
{
    for (;; i++) {
        places[i / 64] |= (uint64_t)1 << i % 64;
        if (m->steps[i].kind != STEP_ANY && m->steps[i].kind != STEP_ANY_BUT_COLON)
            return;
    }
}

static void step_place(const struct machine *m, uint64_t *to, size_t i, char c)
{
    const struct step *s = &m->steps[i];
    switch (s->kind) {
    case STEP_CHAR:
        if (s->c == c || (s->folds && ascii_lower(s->c) == ascii_lower(c)))
            add_place(m, to, i + 1);
        break;
    case STEP_ONE: add_place(m, to, i + 1); break;
    case STEP_ONE_BUT_COLON:
        if (c != ':')
            add_place(m, to, i + 1);
        break;
    case STEP_ANY: add_place(m, to, i); break;
    case STEP_ANY_BUT_COLON:
        if (c != ':')
            add_place(m, to, i);
        break;
    case STEP_END: break;
    }
}

static void step_all(struct machine *m, const uint64_t *from, char c, uint64_t *to)
{
    memset(to, 0, m->words * sizeof *to);
    for (size_t w = 0; w < m->words; w++)
        for (uint64_t left = from[w]; left; left &= left - 1) {
            m->work++;
            step_place(m, to, 64 * w + (size_t)__builtin_ctzll(left), c);
        }
}

static uint32_t *find_state(struct machine *m, const uint64_t *places)
{
    size_t bytes = m->words * sizeof *places;
    for (uint64_t i = str_hash((str){(const char *)places, bytes});; i++) {
        uint32_t *at = &m->table[i & (m->room - 1)];
        if (!*at || memcmp(m->states.items[*at - 1].places, places, bytes) == 0)
            return at;
    }
}

static void add_state(struct machine *m, const uint64_t *places, uint32_t parent, char by)
{
    uint32_t *at = find_state(m, places);
    if (*at == 1 && !m->returns) {
        m->returns = true;
        m->back = parent;
        m->back_by = by;
    }
    if (*at)
        return;
    uint64_t *copy = arena_alloc(m->arena, m->words * sizeof *copy);
    memcpy(copy, places, m->words * sizeof *copy);
    struct state *s = VEC_PUSH(m->arena, &m->states);
    *s = (struct state){copy, parent, by};
    *at = (uint32_t)m->states.count;
}

static bool run(struct machine *m, const struct text_pattern *patterns, size_t count)
{
    uint64_t places[WORDS_MAX] = {0};
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        add_place(m, places, at);
        at += patterns[i].glob.text.len + 1;
    }
    m->room = 2 * STATES_MAX;
    m->table = NEW_ARRAY(m->arena, uint32_t, m->room);
    add_state(m, places, 0, 0);
    for (uint32_t i = 0; i < m->states.count; i++)
        for (size_t c = 0; c < m->letters; c++) {
            step_all(m, m->states.items[i].places, m->alphabet[c], places);
            add_state(m, places, i, m->alphabet[c]);
            if (m->states.count >= STATES_MAX - 1 || m->work > STEPS_MAX)
                return false;
        }
    return true;
}

/* ---- reading the texts off ---- */

static str text_of(const struct machine *m, uint32_t state)
{
    bool back = state == 0 && m->returns; /* to the first state, but not with the empty text */
    size_t len = back;
    state = back ? m->back : state;
    for (uint32_t i = state; i; i = m->states.items[i].parent)
        len++;
    char *text = arena_alloc(m->arena, len + 1);
    text[len] = '\0';
    size_t at = len;
    if (back)
        text[--at] = m->back_by;
    for (uint32_t i = state; i; i = m->states.items[i].parent)
        text[--at] = m->states.items[i].by;
    return (str){text, len};
}

static bool same_ends(const struct machine *m, uint32_t a, uint32_t b)
{
    for (size_t w = 0; w < m->words; w++)
        if ((m->states.items[a].places[w] ^ m->states.items[b].places[w]) & m->ends[w])
            return false;
    return true;
}

/* One state for each set of patterns that end in it; the first, which the empty text leads to, when no other does. */
static bool read_texts(const struct machine *m, str_list *out)
{
    VEC(uint32_t) kept = {0};
    for (uint32_t n = 0; n < m->states.count; n++) {
        uint32_t state = n + 1 == m->states.count ? 0 : n + 1;
        bool seen = false;
        for (size_t k = 0; k < kept.count && !seen; k++)
            seen = same_ends(m, kept.items[k], state);
        if (seen)
            continue;
        if (kept.count == 256)
            return false;
        *VEC_PUSH(m->arena, &kept) = state;
        *VEC_PUSH(m->arena, out) = text_of(m, state);
    }
    return true;
}

/* Where the automaton is too large: each pattern with its wildcards left out, and with something for them. */
static void likely_texts(arena *a, const struct text_pattern *p, str_list *out)
{
    for (int with = 0; with < 2; with++) {
        char *text = arena_alloc(a, p->glob.text.len + 1);
        size_t len = 0;
        for (size_t i = 0; i < p->glob.text.len; i++) {
            char c = p->glob.text.ptr[i];
            if (!is_wild(p, c))
                text[len++] = c;
            else if (with || c == '?' || c == (char)GLOB_ONE)
                text[len++] = 'x';
        }
        *VEC_PUSH(a, out) = (str){text, len};
    }
}

bool patterns_texts(arena *a, const struct text_pattern *patterns, size_t count, str_list *out)
{
    struct machine m = {.arena = a};
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += patterns[i].glob.text.len + 1;
    bool fits = total <= 64 * WORDS_MAX;
    if (fits) {
        m.steps = NEW_ARRAY(a, struct step, total);
        m.words = (total + 63) / 64;
        for (size_t i = 0; i < count; i++)
            add_steps(&m, &patterns[i]);
        if (make_alphabet(&m) && run(&m, patterns, count) && read_texts(&m, out))
            return true;
    }
    for (size_t i = 0; i < count; i++)
        likely_texts(a, &patterns[i], out);
    *VEC_PUSH(a, out) = STR("something-else");
    return false;
}
