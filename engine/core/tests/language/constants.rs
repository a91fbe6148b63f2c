//! Rules that fail in every case.

use crate::check_condition;

#[test]
fn what_can_never_be_reckoned_is_refused() {
    for fails in [
        "add_period(application.received, \"P10000000000Y\") < today",
        "add_period(today, \"1000000000 years\") < today",
        "subtract_period(today, \"2 fortnights\") < today",
        "add_period(today, \"3 working days\") < today",
        "add_period(\"9999-12-31\", \"1 day\") < today",
        "period_text(\"0 days\") == \"x\"",
        "application.size > 7 / 0",
        "9223372036854775807 + 1 > application.size",
        "round_down(7, 0) > application.size",
    ] {
        check_condition(fails, &["rule_always_fails"]);
    }
    check_condition("add_period(today, \"200 years\") > today", &[]);
    check_condition("period_text(\"3 working days\") == \"x\"", &[]);
}
