/* plan.c - the words of a runbook. */
#include "base/plan.h"

const char *plan_phase_name(plan_phase p)
{
    switch (p) {
    case PHASE_BEFORE: return "before";
    case PHASE_GATE: return "gate";
    case PHASE_DO: return "do";
    case PHASE_AFTER: return "after";
    }
    return "before";
}

const char *plan_actor_name(plan_actor a)
{
    switch (a) {
    case ACTOR_PERSON: return "person";
    case ACTOR_MANAGEMENT: return "management";
    case ACTOR_MEMBER: return "member";
    case ACTOR_ROOT: return "root";
    case ACTOR_SUPPORT: return "AWS Support";
    }
    return "person";
}

const char *step_state_name(step_state s)
{
    switch (s) {
    case STEP_CHECK: return "check";
    case STEP_TO_DO: return "to do";
    case STEP_DONE: return "done";
    }
    return "check";
}
