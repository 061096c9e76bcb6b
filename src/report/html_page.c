/* html_page.c - the page around the accounts: head, what stands in the way, rules, what all rests on, sign-off. */
#include <openssl/evp.h>

#include "base/clock.h"
#include "base/work.h"
#include "report/html.h"
#include "report/text.h"

struct embedded {
    const char *name;
    const char *text;
    size_t len;
};
#include "html_embedded.h"

enum { STYLE, SCRIPT, CAUSES_SHOWN = 10, DIGEST_TEXT = 4 * ((32 + 2) / 3) + 1 };

static str embedded_text(size_t which)
{
    return (str){embedded_page[which].text, embedded_page[which].len};
}

/* ---- head ---- */

/* A hash source of Content Security Policy Level 3: 'sha256-...' of the very text between the tags. */
static void put_hash(struct report_writer *w, str text)
{
    unsigned char raw[EVP_MAX_MD_SIZE], base64[DIGEST_TEXT];
    unsigned size = 0;
    if (!EVP_Digest(text.ptr, text.len, raw, &size, EVP_sha256(), NULL))
        work_leave(arena_exit(w->arena)); /* it fails for want of memory alone */
    EVP_EncodeBlock(base64, raw, (int)size);
    putf(w->out, " 'sha256-%s'", (const char *)base64);
}

static str organization(const struct check_run *run)
{
    return run->org_id.len ? run->org_id : STR("an organization that is not known");
}

void html_head(struct report_writer *w, str title, str version, bool scripted)
{
    struct file_out *f = w->out;
    put(f, STR("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
               "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'"));
    if (scripted) {
        put(f, STR("; script-src"));
        put_hash(w, embedded_text(SCRIPT));
    }
    put(f, STR("; style-src"));
    put_hash(w, embedded_text(STYLE));
    put(f, STR("; img-src data:; base-uri 'none'; form-action 'none'\">\n"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
               "<meta name=\"color-scheme\" content=\"light dark\">\n"
               "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"generator\" content=\"orgexit "));
    put_html(f, version);
    put(f, STR("\">\n<link rel=\"icon\" href=\"data:,\">\n<title>"));
    put_html(f, title);
    put(f, STR("</title>\n<style>"));
    put(f, embedded_text(STYLE));
    put(f, STR("</style>\n</head>\n"));
}

static void put_count(struct file_out *f, size_t n, const char *one, const char *many)
{
    putf(f, "%zu %s", n, n == 1 ? one : many);
}

static void put_tile(struct file_out *f, verdict v, size_t n)
{
    putf(f, "<li class=\"%c\"><b>%zu</b> <span>%s %s</span></li>\n", html_letter(v), n, html_sign(v), verdict_name(v));
}

static void put_answer(struct html *h, const struct check_summary *s)
{
    struct file_out *f = h->w->out;
    const size_t by_verdict[] = {
        [VERDICT_UNDETERMINED] = s->undetermined, [VERDICT_NOT_READY] = s->not_ready, [VERDICT_READY] = s->ready};
    put(f, STR("<p class=\"lead\">"));
    if (h->w->run->assumed_count)
        put(f, STR("HYPOTHETICAL: "));
    if (!s->accounts) {
        put(f, STR("There is no verdict"));
        put(f, s->error_count ? STR(": an input could not be read.</p>\n") : STR(".</p>\n"));
        return;
    }
    putf(f, "%zu of ", s->ready);
    put_count(f, s->accounts, "account", "accounts");
    put(f, s->ready == 1 ? STR(" is ready to leave.</p>\n") : STR(" are ready to leave.</p>\n"));
    put(f, STR("<ul class=\"tiles\">\n"));
    put_tile(f, VERDICT_READY, s->ready);
    put_tile(f, VERDICT_UNDETERMINED, s->undetermined);
    put_tile(f, VERDICT_NOT_READY, s->not_ready);
    put(f, STR("</ul>\n<svg class=\"whole\" aria-hidden=\"true\" width=\"100%\" height=\"8\">"));
    html_bars(f, by_verdict, s->accounts, 0, 8);
    put(f, STR("</svg>\n"));
}

static void begin_fact(struct file_out *f, const char *label)
{
    putf(f, "<div><dt>%s</dt><dd>", label);
}

static void put_fact(struct file_out *f, const char *label, str value)
{
    begin_fact(f, label);
    put_html(f, value);
    put(f, STR("</dd></div>\n"));
}

static void put_facts(struct html *h, const struct check_summary *s)
{
    const struct check_run *run = h->w->run;
    struct file_out *f = h->w->out;
    int64_t age = run->as_of - run->captured_at;
    put(f, STR("<dl class=\"facts\">\n"));
    put_fact(f, "Snapshot", run->snapshot);
    begin_fact(f, "Captured");
    if (run->has_captured_at) {
        html_time(h, f, run->captured_at);
        putf(f, " (%.*s %s)", STR_ARG(duration_format(h->w->scratch, age < 0 ? -age : age)),
             age < 0 ? "AFTER the time it is judged as of" : "before");
    } else {
        put(f, STR("at an unknown time"));
    }
    put(f, STR("</dd></div>\n"));
    begin_fact(f, "As of");
    html_time(h, f, run->as_of);
    if (run->as_of_from.len)
        putf(f, " (by %.*s)", STR_ARG(run->as_of_from));
    put(f, STR("</dd></div>\n"));
    put_fact(f, "Routes", html_routes_words(h->w->scratch, run->routes));
    put_fact(f, "Profile", run->profile);
    put_fact(f, "Management account", run->management_account.len ? run->management_account : STR("not known"));
    begin_fact(f, "Program");
    put(f, STR("orgexit "));
    put_html(f, run->version);
    putf(f, ", exit code %d</dd></div>\n", s->exit_code);
    put_fact(f, "Facts about AWS", run->facts_date);
    put_fact(f, "Rules", run->rules_digest);
    put(f, STR("</dl>\n"));
}

static void put_place(struct file_out *f, const struct input_error *e)
{
    put(f, STR("<code>"));
    put_html(f, e->file);
    if (e->line && e->column)
        putf(f, ":%u:%u", e->line, e->column);
    else if (e->line)
        putf(f, ":%u", e->line);
    put(f, STR("</code> "));
}

static void put_remarks(struct file_out *f, const char *label, const str *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        putf(f, "<li><b>%s</b> ", label);
        put_html(f, items[i]);
        put(f, STR("</li>\n"));
    }
}

static void put_alerts(struct html *h, const struct check_summary *s)
{
    const struct check_run *run = h->w->run;
    struct file_out *f = h->w->out;
    if (s->error_count) {
        put(f, STR("<section class=\"alert bad\" aria-labelledby=\"h-errors\"><h2 id=\"h-errors\">"));
        put_count(f, s->error_count, "input error", "input errors");
        put(f, STR(": no verdict rests on these files</h2><ul>\n"));
        for (const struct input_error *e = s->errors; e < s->errors + s->error_count; e++) {
            put(f, STR("<li>"));
            put_place(f, e);
            put_html(f, e->message);
            put(f, STR("</li>\n"));
        }
        put(f, STR("</ul></section>\n"));
    }
    if (!run->assumed_count && !run->disabled_count && !run->note_count)
        return;
    put(f, STR("<section class=\"alert\" aria-labelledby=\"h-notes\"><h2 id=\"h-notes\">To be known first</h2><ul>\n"));
    put_remarks(f, "HYPOTHETICAL: assumed", run->assumed, run->assumed_count);
    put_remarks(f, "Weakened:", run->disabled, run->disabled_count);
    put_remarks(f, "Note:", run->notes, run->note_count);
    put(f, STR("</ul></section>\n"));
}

/* ---- sums ---- */

static void put_cause(struct file_out *f, const struct cause *c, size_t accounts)
{
    bool unknown = c->outcome == OUTCOME_UNKNOWN;
    putf(f, "<li class=\"%c\"><i>%s</i> <span>", unknown ? 'u' : 'n', unknown ? "?" : "✗");
    put_html(f, c->text);
    putf(f, "</span> <small>%s ", unknown ? "open for" : "blocks");
    put_count(f, c->accounts, "account", "accounts");
    if (c->freed && c->freed == c->accounts)
        put(f, STR(", the only thing left"));
    else if (c->freed)
        putf(f, ", for %zu the only thing left", c->freed);
    put(f, STR("</small><svg aria-hidden=\"true\" width=\"100%\" height=\"4\">"));
    const size_t bar[] = {[VERDICT_UNDETERMINED] = unknown ? c->accounts : 0,
                          [VERDICT_NOT_READY] = unknown ? 0 : c->accounts,
                          [VERDICT_READY] = 0};
    html_bars(f, bar, accounts, 0, 4);
    put(f, STR("</svg></li>\n"));
}

static void put_causes(struct html *h, const struct check_summary *s)
{
    struct file_out *f = h->w->out;
    const struct cause **sorted = causes_sorted(h->w->scratch, s);
    size_t shown = s->cause_count <= CAUSES_SHOWN + 2 ? s->cause_count : CAUSES_SHOWN;
    if (!s->cause_count)
        return;
    put(f, STR("<section id=\"causes\" aria-labelledby=\"h-causes\"><h2 id=\"h-causes\">What stands in the way</h2>\n"
               "<p class=\"hint\">First what alone would free most accounts.</p>\n<ol class=\"causes\">\n"));
    for (size_t i = 0; i < shown; i++)
        put_cause(f, sorted[i], s->accounts);
    put(f, STR("</ol>\n"));
    if (shown < s->cause_count) {
        putf(f, "<details class=\"lazy\"><summary>and %zu more</summary><noscript><ol class=\"causes\">\n",
             s->cause_count - shown);
        for (size_t i = shown; i < s->cause_count; i++)
            put_cause(f, sorted[i], s->accounts);
        put(f, STR("</ol></noscript></details>\n"));
    }
    put(f, STR("</section>\n"));
}

static void put_routes(struct html *h, const struct check_summary *s)
{
    struct file_out *f = h->w->out;
    put(f, STR("<section id=\"routes\" aria-labelledby=\"h-routes\"><h2 id=\"h-routes\">By route</h2>\n<table>"
               "<caption>Accounts by route</caption><thead><tr><th scope=\"col\">Route</th><th scope=\"col\">✓ Ready"
               "</th><th scope=\"col\">? Undetermined</th><th scope=\"col\">✗ Not ready</th></tr></thead><tbody>\n"));
    for (int r = 0; r < ROUTE_COUNT; r++)
        if (h->w->run->routes & ROUTE_BIT(r))
            putf(f, "<tr><th scope=\"row\">%s</th><td>%zu</td><td>%zu</td><td>%zu</td></tr>\n", route_name((route)r),
                 s->route_ready[r], s->route_undetermined[r], s->route_not_ready[r]);
    put(f, STR("</tbody></table></section>\n"));
}

/* ---- accounts ---- */

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

static void put_ou_options(struct html *h)
{
    struct file_out *f = h->w->out;
    str *paths = NEW_ARRAY(h->w->scratch, str, h->ous.count + 1);
    for (size_t i = 0; i < h->ous.count; i++)
        paths[i] = h->ous.items[i].path;
    if (h->ous.count)
        qsort(paths, h->ous.count, sizeof *paths, by_text);
    for (size_t i = 0; i < h->ous.count; i++) {
        if (!paths[i].len)
            continue;
        put(f, STR("<option>"));
        put_html(f, paths[i]);
        put(f, STR("</option>\n"));
    }
}

/* What the page's script works with; hidden where there is none. */
static void put_filters(struct html *h, const struct check_summary *s)
{
    static const verdict verdicts[] = {VERDICT_NOT_READY, VERDICT_UNDETERMINED, VERDICT_READY};
    struct file_out *f = h->w->out;
    put(f,
        STR("<form id=\"filters\" role=\"search\" aria-label=\"Accounts\" hidden>\n"
            "<label>Find <input type=\"search\" id=\"q\" placeholder=\"id, name, rule\" autocomplete=\"off\"></label>\n"
            "<fieldset><legend>Verdict</legend>\n"));
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        putf(f, "<label class=\"%c\"><input type=\"checkbox\" name=\"v\" value=\"%c\" checked> %s %s</label>\n",
             html_letter(verdicts[i]), html_letter(verdicts[i]), html_sign(verdicts[i]), verdict_name(verdicts[i]));
    put(f, STR("</fieldset>\n<label>OU <select id=\"ou\"><option value=\"\">all</option>\n"));
    put_ou_options(h);
    put(f, STR("</select></label>\n<label>Rule <select id=\"rule\"><option value=\"\">any</option>\n"));
    for (const struct rule_count *r = s->by_rule; r < s->by_rule + s->by_rule_count; r++) {
        if (!r->fail && !r->unknown && !r->waived)
            continue;
        put(f, STR("<option value=\""));
        put_html(f, r->rule);
        put(f, STR("\">"));
        put_html(f, r->rule);
        putf(f, " (✗ %zu ? %zu)</option>\n", r->fail, r->unknown);
    }
    put(f, STR("</select></label>\n<button type=\"reset\">Show all</button>\n"
               "<p id=\"shown\" role=\"status\"></p>\n</form>\n"));
}

static void put_accounts(struct html *h, const struct check_summary *s)
{
    struct file_out *f = h->w->out;
    put(f, STR("<section id=\"accounts\" aria-labelledby=\"h-accounts\"><h2 id=\"h-accounts\" tabindex=\"-1\">Accounts"
               "</h2>\n"));
    put_filters(h, s);
    put(f, STR("<p id=\"waiting\">The accounts are laid out by this page's script. If none appear, your viewer blocks "
               "scripts without saying so: save the file and open it in a browser.</p>\n"
               "<div id=\"list\"></div>\n<noscript id=\"source\">\n"
               "<p class=\"hint\">Open an account to see what was found. Findings are links: what many accounts have "
               "in common is told once, below, with ACCOUNT-ID for the account; where the place in a file differs, it "
               "stands with the account, as the number of the finding, line and column.</p>\n"));
    html_put_accounts(h);
    put(f, STR("</noscript>\n</section>\n"));
}

/* ---- rules and findings ---- */

static void put_rules(struct html *h, const struct check_summary *s)
{
    struct file_out *f = h->w->out;
    put(f, STR("<section id=\"rules\" aria-labelledby=\"h-rules\"><h2 id=\"h-rules\">Rules and findings</h2>\n"
               "<details class=\"lazy\"><summary>"));
    put_count(f, s->by_rule_count, "rule", "rules");
    put(f, STR(": how many accounts pass, fail or cannot be told</summary><noscript><table><caption>Accounts by rule: "
               "the worst outcome over the routes</caption><thead><tr><th scope=\"col\">Rule</th><th scope=\"col\">"
               "Fail</th><th scope=\"col\">Unknown</th><th scope=\"col\">Waived</th><th scope=\"col\">Pass</th>"
               "<th scope=\"col\">Not applicable</th></tr></thead><tbody>\n"));
    for (const struct rule_count *r = s->by_rule; r < s->by_rule + s->by_rule_count; r++) {
        put(f, STR("<tr><th scope=\"row\">"));
        put_html(f, r->rule);
        putf(f, "</th><td>%zu</td><td>%zu</td><td>%zu</td><td>%zu</td><td>%zu</td></tr>\n", r->fail, r->unknown,
             r->waived, r->pass, r->not_applicable);
    }
    put(f, STR("</tbody></table></noscript></details>\n<details class=\"lazy\" id=\"findings\"><summary>Every finding "
               "in full, by rule</summary><noscript>\n"));
    html_put_chunks(h);
    put(f, STR("</noscript></details>\n</section>\n"));
}

/* ---- what it rests on ---- */

static void put_inputs(struct html *h)
{
    const struct check_run *run = h->w->run;
    struct file_out *f = h->w->out;
    uint64_t bytes = 0;
    bool digests = false;
    for (size_t i = 0; i < run->input_count; i++) {
        bytes += run->inputs[i].bytes;
        digests |= run->inputs[i].sha256.len != 0;
    }
    put(f, STR("<details class=\"lazy\" id=\"inputs\"><summary>"));
    put_count(f, run->input_count, "input", "inputs");
    putf(f, ", %ju bytes%s</summary>\n", (uintmax_t)bytes,
         digests ? ", with their SHA-256" : "; their digests are not part of this report");
    if (digests)
        put(f, STR("<p>Saved to a file, these lines are what <code>sha256sum -c FILE</code> takes in the folder of the "
                   "snapshot.</p>\n"));
    put(f, STR("<noscript><pre class=\"files\" tabindex=\"0\">"));
    for (size_t i = 0; i < run->input_count; i++) {
        put_html(f, run->inputs[i].sha256);
        put(f, !digests ? (str){0} : run->inputs[i].sha256.len ? STR("  ") : STR("# no digest: "));
        put_html(f, run->inputs[i].file);
        put(f, STR("\n"));
    }
    put(f, STR("</pre></noscript></details>\n"));
}

static void put_signers(struct html *h)
{
    struct file_out *f = h->w->out;
    put(f,
        STR("<details class=\"lazy\" id=\"attested\"><summary>Who attested, and when</summary><noscript><table>"
            "<caption>Attestations; what was attested stands with each account</caption><thead><tr><th scope=\"col\">"
            "By</th><th scope=\"col\">Date</th><th scope=\"col\">Topics</th><th scope=\"col\">Accounts</th></tr>"
            "</thead><tbody>\n"));
    for (const struct signer *s = h->signers.items; s && s < h->signers.items + h->signers.count; s++) {
        put(f, STR("<tr><th scope=\"row\">"));
        put_html(f, s->by);
        put(f, STR("</th><td>"));
        put_html(f, s->date);
        putf(f, "</td><td>%zu</td><td>%zu</td></tr>\n", s->topics, s->accounts);
    }
    put(f, STR("</tbody></table></noscript></details>\n"));
}

static void put_waivers(struct html *h)
{
    struct file_out *f = h->w->out;
    put(f, STR("<details class=\"lazy\" id=\"waivers\"><summary>Waivers in effect</summary><noscript><table><caption>"
               "Waivers in effect</caption><thead><tr><th scope=\"col\">Rule</th><th scope=\"col\">By</th>"
               "<th scope=\"col\">Valid until</th><th scope=\"col\">Reason</th><th scope=\"col\">Accounts</th></tr>"
               "</thead><tbody>\n"));
    for (const struct waiver_use *u = h->waivers.items; u && u < h->waivers.items + h->waivers.count; u++) {
        const str cells[] = {u->by, u->valid_until, u->reason};
        put(f, STR("<tr><th scope=\"row\">"));
        put_html(f, u->rule);
        put(f, STR("</th>"));
        for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
            put(f, STR("<td>"));
            put_html(f, cells[i]);
            put(f, STR("</td>"));
        }
        putf(f, "<td>%zu</td></tr>\n", u->accounts);
    }
    put(f, STR("</tbody></table></noscript></details>\n"));
}

static void put_again(struct html *h)
{
    const struct check_run *run = h->w->run;
    struct file_out *f = h->w->out;
    bool can_show = run->attested_told && shell_can_show(run->snapshot, false); /* else it names a saved result */
    put(f, STR("<p>Every verdict can be had again from the same files, with the same options:</p><pre "
               "class=\"c\"><code>orgexit check "));
    put_shell(h->work, can_show && run->snapshot.len ? run->snapshot : STR("SNAPSHOT"));
    put_html(f, file_out_take(h->work));
    putf(f, " --as-of %.*s</code></pre>\n<p>and the runbook of an account:</p><pre class=\"c\"><code>orgexit plan ",
         STR_ARG(time_format(h->w->scratch, run->as_of)));
    put_shell(h->work, can_show && run->snapshot.len ? run->snapshot : STR("SNAPSHOT"));
    put_html(f, file_out_take(h->work));
    put(f, STR(" --account ID</code></pre>\n"));
}

static void put_rests_on(struct html *h)
{
    struct file_out *f = h->w->out;
    put(f, STR("<section id=\"evidence\" aria-labelledby=\"h-evidence\"><h2 id=\"h-evidence\">What this rests on</h2>\n"
               "<p>READY is said only where every blocker passed on evidence, was waived or does not apply. What is "
               "missing, cut off, stale or contradictory is UNDETERMINED, never a yes.</p>\n"));
    put_inputs(h);
    if (h->signers.count)
        put_signers(h);
    else if (!h->w->run->attested_told)
        put(f, STR("<p>Who attested what is not part of the saved result that this page was made of.</p>\n"));
    else
        put(f, STR("<p>Nobody attested anything of these accounts.</p>\n"));
    if (h->waivers.count)
        put_waivers(h);
    else
        put(f, STR("<p>No waiver is in effect.</p>\n"));
    put_again(h);
    put(f, STR("</section>\n<section id=\"sign\" aria-labelledby=\"h-sign\"><h2 id=\"h-sign\">Sign-off</h2>\n"
               "<dl><div><dt>Reviewed by</dt><dd></dd></div><div><dt>Date</dt><dd></dd></div><div><dt>Signature</dt>"
               "<dd></dd></div></dl></section>\n"));
}

void html_page(struct html *h, const struct check_summary *s)
{
    struct file_out *f = h->w->out;
    str of = organization(h->w->run);
    html_head(h->w, arena_printf(h->w->scratch, "Readiness to leave %.*s", STR_ARG(of)), h->w->run->version, true);
    put(f, STR("<body>\n<a class=\"skip\" href=\"#h-accounts\">Skip to the accounts</a>\n<header>\n"
               "<h1>Readiness to leave <span>"));
    put_html(f, of);
    put(f, STR("</span></h1>\n"));
    put_answer(h, s);
    put_facts(h, s);
    put(f, STR("</header>\n<main>\n"));
    put_alerts(h, s);
    put(f, STR("<div class=\"two\">\n"));
    put_causes(h, s);
    put(f, STR("<div>\n"));
    html_picture(h);
    put_routes(h, s);
    put(f, STR("</div>\n</div>\n"));
    put_accounts(h, s);
    put_rules(h, s);
    put_rests_on(h);
    put(f, STR("</main>\n<footer><p>Made by orgexit "));
    put_html(f, h->w->run->version);
    put(f, STR(". This file asks nothing of any server.</p></footer>\n<script>"));
    put(f, embedded_text(SCRIPT));
    put(f, STR("</script>\n</body>\n</html>\n"));
}
