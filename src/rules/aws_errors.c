/*
 * aws_errors.c - see aws_errors.h. Names: Organizations API Reference, RemoveAccountFromOrganization,
 * LeaveOrganization, AcceptHandshake, ConstraintViolationException, HandshakeConstraintViolationException. Messages are
 * matched by a few of their words, for AWS changes the others.
 */
#include "rules/aws_errors.h"

#define CONSTRAINT "ConstraintViolationException"
#define HANDSHAKE  "HandshakeConstraintViolationException"
#define DENIED     "AccessDeniedException"
#define DEPENDENCY "AccessDeniedForDependencyException"
#define INVALID    "InvalidInputException"

#define EXCEPTION(name, rules, meaning, todo)             {AWS_EXCEPTION, name, NULL, NULL, rules, meaning, todo},
#define REASON(name, of, fragments, rules, meaning, todo) {AWS_REASON, name, of, fragments, rules, meaning, todo},
#define MESSAGE(name, fragments, rules, meaning, todo)    {AWS_MESSAGE, name, DENIED, fragments, rules, meaning, todo},
#define HINT(name, fragments, rules, meaning, todo)       {AWS_HINT, name, DENIED, fragments, rules, meaning, todo},
/* Billing transfer ("responsibility transfer" in the API): about who pays for an organization. */
#define TRANSFER(name, of, meaning) REASON(name, of, NULL, "billing.transfer-active", meaning, NO_PART)
#define NO_PART                                                                                                        \
    "settle the billing transfer (aws organizations list-inbound-responsibility-transfers --type BILLING); "           \
    "a single member leaving is no part of it"

/* clang-format off */
const struct aws_error aws_errors[] = {
    /* ---- reasons of ConstraintViolationException ---- */
    REASON("ACCOUNT_CANNOT_LEAVE_ORGANIZATION", CONSTRAINT, NULL, NULL,
           "the account is the management account, which cannot leave its own organization",
           "let every member leave first, then delete the organization")
    REASON("ACCOUNT_CANNOT_LEAVE_WITHOUT_EULA", CONSTRAINT, NULL, NULL,
           "nobody has accepted the AWS Customer Agreement for this account",
           "sign in to the account, open https://portal.aws.amazon.com/billing/signup and accept it, then try again")
    REASON("ACCOUNT_CANNOT_LEAVE_WITHOUT_PHONE_VERIFICATION", CONSTRAINT, NULL, NULL,
           "the phone number of the account is not verified",
           "sign in to the account, open https://portal.aws.amazon.com/billing/signup and answer the call or text message")
    REASON("MEMBER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED", CONSTRAINT, "valid payment method", NULL,
           "the member account has no valid payment method of its own",
           "in the account: Billing > Payment preferences, add a method and make it the default; it may take some minutes to count")
    REASON("INVALID_PAYMENT_INSTRUMENT", CONSTRAINT, NULL, NULL,
           "there is a payment method, of a kind that AWS does not take (cards of Russian and Belarusian banks, for example)",
           "use a card or bank account that AWS supports for the country of the account")
    REASON("WAIT_PERIOD_ACTIVE", CONSTRAINT, "wait period", NULL,
           "the organization created the account only days ago; invited accounts do not wait",
           "try again when the account is 4 days old (older AWS texts say 7)")
    REASON("CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG", CONSTRAINT, "delegated administrator", NULL,
           "the account is delegated administrator of at least one service",
           "hand each service over, in the service first, then: aws organizations deregister-delegated-administrator")
    REASON("MASTER_ACCOUNT_MISSING_CONTACT_INFO", CONSTRAINT, NULL, NULL,
           "the management account has no valid address and phone number",
           "complete the contact information of the management account: aws account put-contact-information")
    REASON("MASTER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED", CONSTRAINT, NULL, NULL,
           "the management account has no valid payment method; usually told when an organization is created",
           "add a payment method in the management account")
    REASON("ACCOUNT_CREATION_NOT_COMPLETE", CONSTRAINT, NULL, NULL,
           "the account, or the one that calls, is not fully active yet",
           "finish its sign-up, or wait until its creation has succeeded")
    REASON("ORGANIZATION_NOT_IN_ALL_FEATURES_MODE", CONSTRAINT, NULL, NULL,
           "the call needs an organization with all features; this one has consolidated billing alone",
           "leaving and removing do not need all features: look which call it was")
    REASON("MASTER_ACCOUNT_MISSING_BUSINESS_LICENSE", CONSTRAINT, NULL, "partition.china",
           "in China: the management account has no business licence on record; told when an organization is created",
           "settle it with the operator, Sinnet or NWCD")
    TRANSFER("UNMET_BILLING_PREREQUISITE", CONSTRAINT,
             "something about the payer stands in the way of a billing transfer or of dissolving the organization")
    TRANSFER("UNSUPPORTED_PRICING", CONSTRAINT, "the pricing of the organization does not go with a billing transfer")
    TRANSFER("ACCOUNT_NOT_ACTIVE_FOR_TRANSFER_RESPONSIBILITY", CONSTRAINT, "an account of a billing transfer is not active")
    TRANSFER("TRANSFER_RESPONSIBILITY_UPDATE_NOT_ALLOWED", CONSTRAINT, "the billing transfer can't be changed any more")
    TRANSFER("TRANSFER_RESPONSIBILITY_TARGET_DELETION_IN_PROGRESS", CONSTRAINT, "the organization that is to pay is being deleted")
    TRANSFER("TRANSFER_RESPONSIBILITY_SOURCE_DELETION_IN_PROGRESS", CONSTRAINT, "the organization that is paid for is being deleted")
    TRANSFER("RESPONSIBILITY_TRANSFER_MAX_LEVEL_VIOLATION", CONSTRAINT, "billing transfers would stand in too long a row")
    TRANSFER("RESPONSIBILITY_TRANSFER_MAX_INBOUND_QUOTA_VIOLATION", CONSTRAINT, "the organization pays for as many others as it may")
    TRANSFER("RESPONSIBILITY_TRANSFER_MAX_OUTBOUND_QUOTA_VIOLATION", CONSTRAINT, "the organization's bill goes to another one already")
    TRANSFER("RESPONSIBILITY_TRANSFER_MAX_TRANSFERS_QUOTA_VIOLATION", CONSTRAINT, "there are as many billing transfers as there may be")
    REASON("ACTIVE_RESPONSIBILITY_TRANSFER_PROCESS", CONSTRAINT, NULL, "billing.transfer-active",
           "a billing transfer is going on",
           "finish or withdraw it: aws organizations list-inbound-responsibility-transfers --type BILLING")
    REASON("MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", CONSTRAINT, "must have at least one*attached", "leave.scp-allow-at-every-level",
           "each root, OU and account keeps at least one SCP: the last one cannot be detached",
           "attach p-FullAWSAccess first, then detach the other; or move the account to an OU without the deny")
    REASON("CLOSE_ACCOUNT_QUOTA_EXCEEDED", CONSTRAINT, NULL, NULL,
           "too many accounts were closed within 30 days; this is about closing, not about leaving",
           "wait, or let the account leave instead")
    REASON("CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED", CONSTRAINT, NULL, NULL,
           "too many accounts are being closed at once; this is about closing, not about leaving",
           "wait until the others are closed")
    REASON("CANNOT_CLOSE_MANAGEMENT_ACCOUNT", CONSTRAINT, NULL, "account.not-management",
           "the management account cannot be closed from the organization",
           "let every member leave, delete the organization, then close the account")

    /* ---- reasons of HandshakeConstraintViolationException: route transfer ---- */
    REASON("ALREADY_IN_AN_ORGANIZATION", HANDSHAKE, NULL, "transfer.invitation-open",
           "the account is in an organization, and this call did not take it over directly",
           "leave the old organization first, then accept; or upgrade the AWS CLI and try the direct transfer again")
    REASON("ACCOUNT_NUMBER_LIMIT_EXCEEDED", HANDSHAKE, NULL, "transfer.target-ready",
           "the target organization has as many accounts as it may",
           "let its management account raise the quota for accounts (Service Quotas, or AWS Support)")
    REASON("ORGANIZATION_FROM_DIFFERENT_SELLER_OF_RECORD", HANDSHAKE, NULL, "transfer.same-partition",
           "the two organizations buy from different sellers (AWS Inc., AWS India, AWS in China, ...)",
           "no direct way: leave, change the seller of the account with AWS Support, then join")
    REASON("ORGANIZATION_MEMBERSHIP_CHANGE_RATE_LIMIT_EXCEEDED", HANDSHAKE, NULL, NULL,
           "the membership of the account changed only recently",
           "wait some days, then accept again; an invitation lives 15 days")
    REASON("PAYMENT_INSTRUMENT_REQUIRED", HANDSHAKE, NULL, "standalone.payment-method",
           "the account has no valid payment method",
           "add one in the account: Billing > Payment preferences")
    REASON("INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES", HANDSHAKE, NULL, "transfer.target-ready",
           "the target organization is just enabling all features, and invites nobody meanwhile",
           "finish that there, then invite again")
    REASON("MANAGEMENT_ACCOUNT_EMAIL_NOT_VERIFIED", HANDSHAKE, NULL, "transfer.target-ready",
           "the e-mail address of the target's management account is not verified",
           "verify it there: Organizations > Settings > Resend verification")
    REASON("HANDSHAKE_RATE_LIMIT_EXCEEDED", HANDSHAKE, NULL, "transfer.target-ready",
           "the target organization has sent as many invitations as it may in a day",
           "invite again tomorrow")
    REASON("LEGACY_PERMISSIONS_STILL_IN_USE", HANDSHAKE, NULL, "billing.transfer-active",
           "old billing permissions (aws-portal) are still in use",
           "move the policies to the fine-grained billing actions")
    REASON("PAST_DUE_INVOICE", HANDSHAKE, NULL, "billing.transfer-active",
           "an invoice is overdue",
           "pay it: Billing > Payments")
    TRANSFER("UNUSED_PREPAYMENT_BALANCE", HANDSHAKE, "money that was paid in advance is left over")
    TRANSFER("TARGET_ACCOUNT_VALIDATION_FAILURE", HANDSHAKE, "the account that is to pay does not fit")
    TRANSFER("RESPONSIBILITY_TRANSFER_ALREADY_EXISTS", HANDSHAKE, "there is such a billing transfer already")
    TRANSFER("SOURCE_AND_TARGET_CANNOT_MATCH", HANDSHAKE, "an organization can't pay for itself by a billing transfer")

    /* ---- reasons of other exceptions ---- */
    REASON("ACCESS_DENIED_DURING_CREATE_SERVICE_LINKED_ROLE", DEPENDENCY, NULL, "transfer.accept-allowed",
           "joining an organization with all features makes the role AWSServiceRoleForOrganizations, which the caller may not create",
           "allow iam:CreateServiceLinkedRole for organizations.amazonaws.com")
    REASON("INVALID_PATTERN", INVALID, NULL, NULL,
           "a part of the call has not the form that it must have; the account id has 12 digits, leading zeros included",
           "write the account id as text, so that no tool drops its zeros")
    REASON("INPUT_REQUIRED", INVALID, NULL, "account.id-valid",
           "a part of the call is missing: remove-account-from-organization needs --account-id",
           "name the account")

    /* ---- messages without a reason ---- */
    MESSAGE("access denied by an SCP", "explicit deny in a service control", "leave.denied-by-scp leave.scp-region-deny leave.scp-root-deny",
            "an SCP between the root and the account denies the call; in a well-kept organization that is usual for leaving",
            "remove the account from the management account instead (no SCP reaches it), or move it to an OU without the deny")
    MESSAGE("no SCP allows it", "no service control policy allows", "leave.scp-allow-at-every-level",
            "some level between the root and the account has no SCP that allows the call",
            "attach p-FullAWSAccess at that level")
    MESSAGE("no identity policy allows it", "no identity-based policy allows", "perm.leave perm.remove transfer.accept-allowed",
            "the caller's own policies do not allow the call",
            "allow it; LeaveOrganization takes no resource: \"Resource\": \"*\"")
    MESSAGE("denied by an identity policy", "explicit deny in an identity-based policy", "perm.leave perm.remove",
            "a policy of the caller itself denies the call",
            "use another principal, or take the deny away")
    MESSAGE("denied by a permissions boundary", "explicit deny in a permissions boundary|no permissions boundary allows", "perm.leave perm.remove",
            "the caller's permissions boundary does not let the call through",
            "use a principal without that boundary, or allow the call in it")
    MESSAGE("denied by a session policy", "explicit deny in a session policy|no session policy allows", "perm.leave perm.remove",
            "the policy that came with the role's session does not let the call through",
            "assume the role without a session policy, or with one that allows the call")
    HINT("access denied although the policies allow", "don't have permissions to access this resource|not authorized to perform|access denied|accessdenied", "billing.iam-access standalone.customer-agreement standalone.payment-method standalone.contact-information standalone.phone-verified standalone.support-plan",
            "the caller may not make the call. Where its policies and the SCPs do allow it, AWS itself names two other causes: IAM access to billing is not active in the account, or its stand-alone information is incomplete",
            "let `orgexit check` decide the policies; then activate IAM access to billing as root, and finish the sign-up page of the account")

    /* ---- exceptions ---- */
    EXCEPTION(DENIED, NULL,
              "the caller may not make the call: it is not in the right account, its policies do not allow it, or an SCP denies it",
              "remove as a principal of the management account, leave as one of the member; let `orgexit check` say which policy it is")
    EXCEPTION("AccountNotFoundException", NULL,
              "no such account in the organization of the caller",
              "look at the id and at whose credentials made the call: aws sts get-caller-identity")
    EXCEPTION("AWSOrganizationsNotInUseException", NULL,
              "the account that called is in no organization: perhaps it has left already",
              "nothing, if it was to leave; else use credentials of the right account")
    EXCEPTION("ConcurrentModificationException", "org.concurrent-change",
              "another change of the organization was going on",
              "try again in a while, one call at a time")
    EXCEPTION(CONSTRAINT, NULL,
              "a precondition is not met; the AWS CLI prints the message but not the reason",
              "make the call again with --debug and look for \"Reason\", then ask with that word; or run `orgexit check`")
    EXCEPTION(INVALID, "account.id-valid",
              "a part of the call is malformed, the account id most often: 12 digits, leading zeros included",
              "correct it; INVALID_PATTERN and its like say which part")
    EXCEPTION("MasterCannotLeaveOrganizationException", NULL,
              "the account is the management account, which cannot leave its own organization",
              "let every member leave first, then: aws organizations delete-organization")
    EXCEPTION("ServiceException", NULL, "something went wrong within AWS", "try again later; nothing has changed")
    EXCEPTION("TooManyRequestsException", "org.batch-rate",
              "too many calls; at most 5 accounts leave an organization in a second",
              "try again in a while, and pace the calls")
    EXCEPTION(DEPENDENCY, "transfer.accept-allowed",
              "joining an organization with all features makes the role AWSServiceRoleForOrganizations, which the caller may not create",
              "allow iam:CreateServiceLinkedRole for organizations.amazonaws.com")
    EXCEPTION("HandshakeAlreadyInStateException", NULL,
              "the invitation was accepted, declined or cancelled before",
              "look at it: aws organizations list-handshakes-for-account; let the target invite again")
    EXCEPTION(HANDSHAKE, "transfer.target-ready",
              "something about the target organization or the account keeps the invitation from being accepted; the AWS CLI does not print the reason",
              "make the call again with --debug and look for \"Reason\", then ask with that word")
    EXCEPTION("HandshakeNotFoundException", NULL,
              "no such invitation for this account",
              "look at the id, and at whose credentials made the call")
    EXCEPTION("InvalidHandshakeTransitionException", "transfer.invitation-open",
              "the invitation is over: it can no longer be accepted",
              "let the target invite again; an invitation lives 15 days")
};
/* clang-format on */
const size_t aws_error_count = sizeof aws_errors / sizeof *aws_errors;

/* ---- the text, made even ---- */

enum { TEXT_LIMIT = 64 * 1024, NEAR_LIMIT = 3 };

/* Lower case, one blank between words, straight apostrophes. */
static str even(arena *a, str text)
{
    char *out = arena_alloc(a, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool curly = text.len - i >= 3 && memcmp(text.ptr + i, "\xE2\x80\x99", 3) == 0;
        char c = curly ? '\'' : ascii_lower(text.ptr[i]);
        bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (curly)
            i += 2;
        if (!blank)
            out[len++] = c;
        else if (len && out[len - 1] != ' ')
            out[len++] = ' ';
    }
    return (str){out, len};
}

static void gather(arena *a, const node *n, str *out, int depth)
{
    str text = node_text(n);
    if (text.len)
        *out = arena_printf(a, "%.*s %.*s", STR_ARG(*out), STR_ARG(text));
    for (NODE_EACH(child, (node_is_object(n) || node_is_list(n)) && depth > 0 ? n : NULL))
        gather(a, child, out, depth - 1);
}

/* An error as JSON: all that it says. Anything else: the text itself. */
static str words_of(arena *a, str text)
{
    error e = {0};
    source s = {.file = STR("--error")};
    str all = {0};
    size_t begin = str_find_char(text, '{');
    if (begin == SIZE_MAX)
        return text;
    str json = str_from_index(text, begin);
    s.len = json.len;
    s.text = arena_alloc_zero(a, json.len + 16);
    memcpy(s.text, json.ptr, json.len);
    if (!json_read(a, &s, &e))
        return text;
    gather(a, s.root, &all, 8);
    return arena_printf(a, "%.*s %.*s", STR_ARG(str_head(text, begin)), STR_ARG(all));
}

static bool is_word_part(char c)
{
    return (c >= 'a' && c <= 'z') || ascii_is_digit(c) || c == '_';
}

/* The word as a whole: not within a longer one. */
static bool has_word(str text, str word)
{
    for (size_t from = 0, at; from < text.len; from += at + 1) {
        at = str_find(str_from_index(text, from), word);
        if (at == SIZE_MAX)
            return false;
        size_t begin = from + at, end = begin + word.len;
        if ((begin == 0 || !is_word_part(text.ptr[begin - 1])) && (end == text.len || !is_word_part(text.ptr[end])))
            return true;
    }
    return false;
}

/* Its parts between '*', one after the other. */
static bool has_fragment(str text, str fragment)
{
    while (fragment.len) {
        str part = str_cut(&fragment, '*');
        size_t at = str_find(text, part);
        if (at == SIZE_MAX)
            return false;
        text = str_from_index(text, at + part.len);
    }
    return true;
}

static bool shows(arena *a, str text, const struct aws_error *e)
{
    str fragments = str_from(e->fragments);
    if ((e->kind == AWS_EXCEPTION || e->kind == AWS_REASON) && has_word(text, even(a, str_from(e->name))))
        return true;
    while (fragments.len)
        if (has_fragment(text, str_cut(&fragments, '|')))
            return true;
    return false;
}

/* ---- what was perhaps meant ---- */

/* Words of six letters and more that both have; a misspelt name counts as many. */
static size_t likeness(arena *a, str text, const struct aws_error *e)
{
    str name = even(a, str_from(e->name)), fragments = str_from(e->fragments), rest = text;
    size_t like = 0;
    while (rest.len) {
        str word = str_cut(&rest, ' ');
        while (word.len && !is_word_part(word.ptr[word.len - 1]))
            word.len--;
        while (word.len && !is_word_part(word.ptr[0]))
            word = str_from_index(word, 1);
        if (word.len < 6)
            continue;
        size_t limit = word.len / 4;
        like += str_distance(word, name, limit) <= limit ? 100 : 0;
        like += str_find(fragments, word) != SIZE_MAX || str_find(name, word) != SIZE_MAX;
    }
    return like;
}

static void find_near(arena *a, str text, struct aws_error_list *near)
{
    size_t likes[NEAR_LIMIT] = {0};
    near->items = NEW_ARRAY(a, const struct aws_error *, NEAR_LIMIT + 1);
    near->count = 0;
    for (size_t i = 0; i < aws_error_count; i++) {
        size_t like = likeness(a, text, &aws_errors[i]), at = near->count;
        if (!like)
            continue;
        while (at > 0 && likes[at - 1] < like)
            at--;
        if (at >= NEAR_LIMIT)
            continue;
        for (size_t k = near->count < NEAR_LIMIT ? near->count : NEAR_LIMIT - 1; k > at; k--) {
            near->items[k] = near->items[k - 1];
            likes[k] = likes[k - 1];
        }
        near->items[at] = &aws_errors[i];
        likes[at] = like;
        near->count += near->count < NEAR_LIMIT;
    }
}

/* ---- finding ---- */

/* Whether an entry says more than another that was found too: a reason or message than its exception or a hint; an
 * exception than the hint of another one ("AccessDenied" is a part of several names). */
static bool explains(const struct aws_error *more, const struct aws_error *less)
{
    if (more->kind == AWS_EXCEPTION && less->kind == AWS_HINT)
        return strcmp(more->name, less->exception) != 0;
    if (more->kind < AWS_REASON || less->kind >= AWS_REASON)
        return false;
    return strcmp(more->exception, less->kind == AWS_EXCEPTION ? less->name : less->exception) == 0;
}

struct aws_error_list aws_errors_find(arena *a, str text, struct aws_error_list *near)
{
    str looked_at = even(a, words_of(a, str_head(text, TEXT_LIMIT)));
    struct aws_error_list found = {.items = NEW_ARRAY(a, const struct aws_error *, aws_error_count)};
    *near = (struct aws_error_list){0};
    for (int kind = AWS_MESSAGE; kind >= AWS_HINT; kind--)
        for (size_t i = 0; i < aws_error_count; i++)
            if ((int)aws_errors[i].kind == kind && shows(a, looked_at, &aws_errors[i]))
                found.items[found.count++] = &aws_errors[i];
    size_t kept = 0;
    for (size_t i = 0; i < found.count; i++) {
        bool explained = false;
        for (size_t k = 0; k < found.count && !explained; k++)
            explained = explains(found.items[k], found.items[i]);
        if (!explained)
            found.items[kept++] = found.items[i];
    }
    found.count = kept;
    if (!found.count)
        find_near(a, looked_at, near);
    return found;
}

/* ---- its rules ---- */

static bool predicts(const struct rule *r, str name)
{
    for (size_t i = 0; i < r->predict_count; i++) {
        str text = r->predicts[i], last = {0};
        while (text.len)
            last = str_cut(&text, ' ');
        if (str_eq(last, name))
            return true;
    }
    return false;
}

const struct rule **aws_error_rules(arena *a, const struct ruleset *rules, const struct aws_error *e, size_t *count)
{
    const struct rule **out = NEW_ARRAY(a, const struct rule *, ruleset_count(rules));
    *count = 0;
    for (size_t i = 0; i < ruleset_count(rules); i++) {
        const struct rule *r = ruleset_rule(rules, i);
        str named = str_from(e->rules);
        bool belongs = predicts(r, str_from(e->name));
        while (named.len && !belongs)
            belongs = str_eq(str_cut(&named, ' '), r->id);
        if (belongs)
            out[(*count)++] = r;
    }
    return out;
}
