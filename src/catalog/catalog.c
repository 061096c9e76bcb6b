/* catalog.c - see catalog.h. catalog_tables.h is made of the texts beside this file by scripts/embed-tables.sh. */
#include "catalog/catalog.h"

#include "catalog_tables.h"

/* Rows of `width` offsets into `pool`, sorted by their first column, then their second. */
struct table {
    const uint32_t *cells;
    uint32_t count, width;
};
#define TABLE(name) ((struct table){&(name)[0][0], sizeof(name) / sizeof *(name), sizeof *(name) / sizeof **(name)})

static const char *cell(struct table t, uint32_t row, uint32_t column)
{
    return pool + t.cells[row * t.width + column]; /* NOLINT: clang's analyser does not follow so large a table */
}

/* ASCII case does not count; an end sorts before everything. */
static int order(str a, const char *b)
{
    for (size_t i = 0; i < a.len; i++) {
        unsigned char x = (unsigned char)ascii_lower(a.ptr[i]), y = (unsigned char)ascii_lower(b[i]);
        if (x != y || !y)
            return x < y ? -1 : 1;
    }
    return b[a.len] ? -1 : 0;
}

/* The first row that is not before (first, second); second.ptr NULL: the first column alone counts. */
static uint32_t lower_bound(struct table t, str first, str second)
{
    uint32_t low = 0, high = t.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int by = order(first, cell(t, middle, 0));
        if (by == 0 && second.ptr)
            by = order(second, cell(t, middle, 1));
        if (by > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint32_t find(struct table t, str first, str second)
{
    uint32_t row = lower_bound(t, first, second);
    bool found =
        row < t.count && order(first, cell(t, row, 0)) == 0 && (!second.ptr || order(second, cell(t, row, 1)) == 0);
    return found ? row : CATALOG_NONE;
}

/* ---- what it is made of ---- */

/* "# NAME VERSION DATE: columns" */
str catalog_source(void)
{
    str line = str_from_index(str_from(actions_source), 2);
    return str_head(line, str_find_char(line, ':') - catalog_date().len - 1);
}

str catalog_date(void)
{
    str line = str_from(actions_source);
    return str_head(str_from_index(line, str_find_char(line, ':') - 10), 10);
}

/* ---- nearest names ---- */

/* Short words have many neighbours: of them only the very nearest is offered. */
static size_t near_enough(str word)
{
    return word.len < 5 ? 1 : 2;
}

struct near {
    str word, best;
    size_t distance; /* of best; more than is near at first */
};

static struct near near_of(str word)
{
    return (struct near){word, {0}, near_enough(word) + 1};
}

static void offer(struct near *n, str known)
{
    size_t by = str_distance(n->word, known, n->distance - 1);
    if (by < n->distance) {
        n->best = known;
        n->distance = by;
    }
}

/* ---- services ---- */

bool catalog_has_service(str prefix)
{
    return find(TABLE(services), prefix, (str){0}) != CATALOG_NONE;
}

bool catalog_service_has_rcps(str prefix)
{
    uint32_t row = find(TABLE(services), prefix, (str){0});
    return row != CATALOG_NONE && *cell(TABLE(services), row, 1);
}

str catalog_service_near(str prefix)
{
    struct near n = near_of(prefix);
    for (uint32_t i = 0; i < TABLE(services).count && n.distance; i++)
        offer(&n, str_from(cell(TABLE(services), i, 0)));
    return n.best;
}

/* ---- actions ---- */

uint32_t catalog_action_count(void)
{
    return TABLE(actions).count;
}

uint32_t catalog_action_find(str action)
{
    str name = action, service = str_cut(&name, ':');
    return name.len ? find(TABLE(actions), service, name) : CATALOG_NONE;
}

/* The rows whose first column is `first`. */
static struct catalog_range rows_of(struct table t, str first)
{
    uint32_t from = lower_bound(t, first, (str){0}), end = from;
    while (end < t.count && order(first, cell(t, end, 0)) == 0)
        end++;
    return (struct catalog_range){from, end};
}

struct catalog_range catalog_service_actions(str prefix)
{
    return rows_of(TABLE(actions), prefix);
}

str catalog_action_service(uint32_t action)
{
    return str_from(cell(TABLE(actions), action, 0));
}

str catalog_action_name(uint32_t action)
{
    return str_from(cell(TABLE(actions), action, 1));
}

str catalog_action_level(uint32_t action)
{
    return str_from(cell(TABLE(actions), action, 2));
}

str catalog_action_types(uint32_t action)
{
    return str_from(cell(TABLE(actions), action, 3));
}

/* The action of that name; of several services' the one with most actions: dynamodb rather than dax. */
static str in_another_service(arena *a, str name)
{
    uint32_t best = CATALOG_NONE, size = 0;
    for (uint32_t i = 0; i < catalog_action_count(); i++) {
        if (order(name, cell(TABLE(actions), i, 1)) != 0)
            continue;
        struct catalog_range of = catalog_service_actions(catalog_action_service(i));
        if (of.end - of.first > size) {
            size = of.end - of.first;
            best = i;
        }
    }
    return best == CATALOG_NONE ? (str){0}
                                : arena_printf(a, "%.*s:%.*s", STR_ARG(catalog_action_service(best)),
                                               STR_ARG(catalog_action_name(best)));
}

str catalog_action_near(arena *a, str action)
{
    str name = action, service = str_cut(&name, ':');
    struct catalog_range of = catalog_service_actions(service);
    struct near n = near_of(name);
    if (of.first == of.end) {
        str other = catalog_service_near(service);
        service = other.len && find(TABLE(actions), other, name) != CATALOG_NONE ? other : service;
        of = catalog_service_actions(service);
    }
    for (uint32_t i = of.first; i < of.end; i++)
        offer(&n, catalog_action_name(i));
    if (!n.best.len)
        return in_another_service(a, name);
    return arena_printf(a, "%.*s:%.*s", STR_ARG(service), STR_ARG(n.best));
}

bool catalog_action_retired(str service, str *successor)
{
    struct table t = TABLE(retired_actions);
    uint32_t row = lower_bound(t, service, (str){0});
    str known = row < t.count ? str_from(cell(t, row, 0)) : (str){0};
    if (!str_ends(known, STR(":*")) || !str_eq_nocase(str_head(known, known.len - 2), service))
        return false;
    *successor = str_from(cell(t, row, 1));
    return true;
}

/* ---- types of resources ---- */

str catalog_arn_services(str arn_service)
{
    uint32_t row = find(TABLE(arn_services), arn_service, (str){0});
    return row == CATALOG_NONE ? (str){0} : str_from(cell(TABLE(arn_services), row, 1));
}

struct catalog_range catalog_service_types(str prefix)
{
    return rows_of(TABLE(resource_types), prefix);
}

str catalog_type_arn_at(uint32_t type)
{
    return str_from(cell(TABLE(resource_types), type, 2));
}

/* ---- condition keys ---- */

/* A name with one "*" or none, which stands for one character or more. */
static bool key_matches(str known, str name)
{
    size_t star = str_find_char(known, '*');
    if (star == SIZE_MAX)
        return str_eq_nocase(known, name);
    str tail = str_from_index(known, star + 1);
    return name.len > star + tail.len && str_eq_nocase(str_head(known, star), str_head(name, star)) &&
           str_eq_nocase(tail, str_from_index(name, name.len - tail.len));
}

/* Whether a list of an action or a type holds the key; keys of the service itself are written without its name. */
static bool list_has_key(str list, str service, str key)
{
    str own = str_from_index(key, service.len);
    bool of_service = str_eq_nocase(str_head(key, service.len), service) && own.len && own.ptr[0] == ':';
    while (list.len) {
        str known = str_cut(&list, ',');
        bool short_form = known.ptr[0] == ':';
        if ((!short_form || of_service) && key_matches(known, short_form ? own : key))
            return true;
    }
    return false;
}

static uint32_t find_type(str service, str type)
{
    return find(TABLE(resource_types), service, type);
}

bool catalog_action_has_key(uint32_t action, str key)
{
    str service = catalog_action_service(action), types = catalog_action_types(action);
    if (list_has_key(str_from(cell(TABLE(actions), action, 4)), service, key))
        return true;
    while (types.len) {
        uint32_t row = find_type(service, str_cut(&types, ','));
        if (row != CATALOG_NONE && list_has_key(str_from(cell(TABLE(resource_types), row, 3)), service, key))
            return true;
    }
    return false;
}

str catalog_type_arn(str service, str type)
{
    uint32_t row = find_type(service, type);
    return row == CATALOG_NONE ? (str){0} : str_from(cell(TABLE(resource_types), row, 2));
}

static struct catalog_key read_key(struct table t, uint32_t row)
{
    static const char *const types[] = {"string", "number", "date", "bool", "binary", "ip", "arn"};
    str name = str_from(cell(t, row, 0));
    struct catalog_key key = {.name = str_head(name, str_find_char(name, '*')), .family = str_ends(name, STR("*"))};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i], cell(t, row, 1)) == 0)
            key.type = (catalog_key_type)i;
    switch (*cell(t, row, 2)) {
    case 'o': key.values = KEY_HAS_ONE; break;
    case 'm': key.values = KEY_HAS_SET; break;
    default: break; /* "any" */
    }
    return key;
}

bool catalog_global_key_find(str name, struct catalog_key *out)
{
    struct table t = TABLE(global_keys);
    size_t slash = str_find_char(name, '/');
    uint32_t row = lower_bound(t, slash == SIZE_MAX ? name : str_head(name, slash + 1), (str){0});
    if (row == t.count || !key_matches(str_from(cell(t, row, 0)), name))
        return false;
    *out = read_key(t, row);
    return true;
}

bool catalog_key_find(str name, struct catalog_key *out)
{
    struct table t = TABLE(condition_keys);
    str prefix = str_head(name, str_find_char(name, ':') + 1);
    if (catalog_global_key_find(name, out))
        return true;
    for (uint32_t row = lower_bound(t, prefix, (str){0}); prefix.len && row < t.count; row++) {
        str known = str_from(cell(t, row, 0));
        if (!str_eq_nocase(str_head(known, prefix.len), prefix))
            break;
        if (key_matches(known, name)) {
            *out = read_key(t, row);
            return true;
        }
    }
    return false;
}

/* Of "aws:PrincpalTag/team" what a family's name "aws:PrincipalTag/" is compared with. */
static str family_part(str name, char end)
{
    size_t colon = str_find_char(name, ':'), at = colon == SIZE_MAX ? 0 : colon + 1;
    while (at < name.len && name.ptr[at] != end)
        at++;
    return str_head(name, at + 1);
}

static void offer_keys(struct near *n, struct table t, str name)
{
    for (uint32_t row = 0; row < t.count && n->distance; row++) {
        str known = str_from(cell(t, row, 0));
        bool family = str_ends(known, STR("*")) && known.len > 1;
        known.len -= family;
        n->word = family ? family_part(name, known.ptr[known.len - 1]) : name;
        offer(n, known);
    }
}

str catalog_key_near(arena *a, str name)
{
    struct near n = near_of(name);
    struct catalog_key key;
    str full = arena_printf(a, "aws:%.*s", STR_ARG(name));
    if (str_find_char(name, ':') == SIZE_MAX && catalog_global_key_find(full, &key))
        return key.family ? full : key.name;
    offer_keys(&n, TABLE(global_keys), name);
    offer_keys(&n, TABLE(condition_keys), name);
    if (!n.best.len || n.best.ptr[n.best.len] != '*')
        return n.best;
    str tail = str_from_index(name, family_part(name, n.best.ptr[n.best.len - 1]).len);
    return arena_printf(a, "%.*s%.*s", STR_ARG(n.best), STR_ARG(tail.len ? tail : STR("KEY")));
}
