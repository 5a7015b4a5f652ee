use super::*;
use crate::limits::{CONDITION_STANDS, LimitName};

const LONG: Duration = Duration::from_secs(3600);
const GRACE: Duration = Duration::ZERO;

fn polling_within(limit: Duration) -> Polling {
    let limits = Limits {
        condition: limit,
        ..Limits::default()
    };
    Polling::new(&limits, &SetupClock::default())
}

/// Conditions with these intervals, entered in this order.
fn entered(intervals: &[Duration]) -> (Polling, Vec<ConditionId>) {
    let polling = Polling::default();
    let ids: Vec<_> = intervals
        .iter()
        .map(|interval| {
            let id = polling.add(&format!("after {} s", interval.as_secs()), Some(*interval));
            polling.enter(id).unwrap();
            id
        })
        .collect();
    (polling, ids)
}

fn evaluate(polling: &Polling, id: ConditionId, outcome: Result<(), &str>) -> Result<(), Cause> {
    polling.begin_evaluation(id).unwrap();
    polling.end_evaluation(id, outcome)
}

fn due(outcome: Result<(), Cause>) -> Vec<u32> {
    match outcome {
        Err(Cause::ConditionsDue { conditions, wait: None }) => conditions,
        other => panic!("{other:?}"),
    }
}

fn failed(outcome: Result<(), Cause>) -> String {
    match outcome {
        Err(cause @ Cause::PollingConditionFailed { .. }) => cause.to_string(),
        other => panic!("{other:?}"),
    }
}

fn wait() -> InterruptedWait {
    InterruptedWait {
        limit: LimitName::Argument,
        budget: LONG,
        left: GRACE,
    }
}

#[test]
fn without_conditions_calls_pass_and_tests_end() {
    let polling = Polling::default();
    let id = polling.add("outside", None);
    polling.gate().unwrap();
    polling.finish().unwrap();
    assert_eq!(polling.next_due(), None);
    assert!(matches!(polling.exit(id), Err(Cause::InvalidArgument(_))));
}

#[test]
fn a_condition_is_due_when_it_is_entered_and_then_after_its_interval() {
    let (polling, ids) = entered(&[Duration::from_millis(50)]);
    assert_eq!(due(polling.gate()), [0]);
    evaluate(&polling, ids[0], Ok(())).unwrap();
    for _ in 0..3 {
        polling.gate().unwrap();
    }
    std::thread::sleep(Duration::from_millis(60));
    assert_eq!(due(polling.gate()), [0]);
}

#[test]
fn what_was_asked_for_lets_one_call_pass_however_short_the_interval() {
    let (polling, ids) = entered(&[Duration::ZERO, Duration::ZERO]);
    assert_eq!(due(polling.gate()), [0, 1]);
    for id in &ids {
        evaluate(&polling, *id, Ok(())).unwrap();
    }
    polling.gate().unwrap();
    assert_eq!(due(polling.gate()), [0, 1]);
}

#[test]
fn conditions_are_named_from_the_outermost_and_once() {
    let (polling, ids) = entered(&[LONG, LONG]);
    polling.enter(ids[0]).unwrap();
    assert_eq!(due(polling.gate()), [0, 1]);
}

#[test]
fn the_next_call_tells_what_does_not_hold_and_the_one_after_it_passes() {
    let (polling, ids) = entered(&[LONG, LONG]);
    due(polling.gate());
    let told = evaluate(&polling, ids[0], Err("connection\u{1b}[31m refused"));
    let message = "Polling condition failed: after 3600 s: connection refused";
    assert_eq!(failed(told), message);
    // The other one was not looked at any more.
    assert_eq!(failed(polling.gate()), message);
    assert_eq!(due(polling.gate()), [1]);
    evaluate(&polling, ids[1], Ok(())).unwrap();
    polling.gate().unwrap();
}

#[test]
fn whoever_ignores_what_is_due_gets_nowhere() {
    let (polling, ids) = entered(&[LONG]);
    for _ in 0..3 {
        assert_eq!(due(polling.gate()), [0]);
        assert!(failed(polling.gate()).ends_with("it was due and has not been evaluated"));
    }
    // Another one does not stand for it.
    let other = polling.add("other", None);
    due(polling.gate());
    evaluate(&polling, other, Ok(())).unwrap();
    assert!(failed(polling.gate()).contains("after 3600 s"));
    due(polling.gate());
    evaluate(&polling, ids[0], Ok(())).unwrap();
    polling.gate().unwrap();
}

#[test]
fn calls_of_an_evaluation_pass_and_nothing_else_begins_in_it() {
    let (polling, ids) = entered(&[GRACE]);
    due(polling.gate());
    let other = polling.add("other", None);
    polling.begin_evaluation(ids[0]).unwrap();
    for _ in 0..3 {
        polling.gate().unwrap();
    }
    assert_eq!(polling.next_due(), None);
    for refused in [
        polling.begin_evaluation(other),
        polling.begin_evaluation(ids[0]),
        polling.enter(other),
        polling.exit(ids[0]),
        polling.end_evaluation(other, Ok(())),
    ] {
        assert!(matches!(&refused, Err(Cause::InvalidArgument(_))), "{refused:?}");
    }
    polling.end_evaluation(ids[0], Ok(())).unwrap();
    polling.gate().unwrap();
}

#[test]
fn a_scope_ends_with_a_look_unless_there_was_one_since_the_last_call() {
    let (polling, ids) = entered(&[LONG]);
    assert_eq!(due(polling.exit(ids[0])), [0]);
    evaluate(&polling, ids[0], Ok(())).unwrap();
    polling.exit(ids[0]).unwrap();
    polling.gate().unwrap();

    polling.enter(ids[0]).unwrap();
    due(polling.gate());
    evaluate(&polling, ids[0], Ok(())).unwrap();
    polling.gate().unwrap();
    assert_eq!(due(polling.exit(ids[0])), [0]);
    evaluate(&polling, ids[0], Err("")).unwrap_err();
    assert_eq!(failed(polling.exit(ids[0])), "Polling condition failed: after 3600 s");
    polling.finish().unwrap();

    polling.enter(ids[0]).unwrap();
    due(polling.exit(ids[0]));
    assert!(failed(polling.exit(ids[0])).ends_with("has not been evaluated"));
    polling.finish().unwrap();
}

#[test]
fn what_is_left_entered_or_dropped_fails_the_test() {
    let (polling, _) = entered(&[LONG]);
    assert!(failed(polling.finish()).ends_with("it was still entered when the test ended"));

    let (polling, ids) = entered(&[LONG]);
    polling.remove(ids[0]);
    assert!(failed(polling.finish()).ends_with("it was dropped while it was entered and due"));

    let (polling, ids) = entered(&[LONG]);
    polling.begin_evaluation(ids[0]).unwrap();
    polling.remove(ids[0]);
    assert!(!polling.is_evaluating());
    assert!(failed(polling.gate()).ends_with("it was dropped while it was evaluated"));
    polling.gate().unwrap();

    let (polling, ids) = entered(&[LONG]);
    due(polling.gate());
    evaluate(&polling, ids[0], Err("no")).unwrap_err();
    polling.remove(ids[0]);
    assert!(failed(polling.gate()).ends_with("due"));

    // One that holds may go.
    let (polling, ids) = entered(&[LONG]);
    due(polling.gate());
    evaluate(&polling, ids[0], Ok(())).unwrap();
    polling.remove(ids[0]);
    polling.finish().unwrap();
}

#[test]
fn no_more_than_so_many_are_entered() {
    let polling = Polling::default();
    let id = polling.add("again and again", None);
    for _ in 0..ENTERED_CONDITIONS {
        polling.enter(id).unwrap();
    }
    assert!(matches!(polling.enter(id), Err(Cause::InvalidArgument(_))));
}

#[tokio::test]
async fn waits_hear_of_what_is_due_and_not_before() {
    let interval = Duration::from_millis(100);
    let (polling, ids) = entered(&[interval]);
    due(polling.gate());
    evaluate(&polling, ids[0], Ok(())).unwrap();
    polling.gate().unwrap();
    let start = Instant::now();
    polling.due().await;
    assert!(start.elapsed() > interval / 2);
    let cause = polling.interrupt(Some(wait()));
    assert!(
        matches!(&cause, Cause::ConditionsDue { conditions, wait: Some(_) } if *conditions == [0]),
        "{cause:?}"
    );
    evaluate(&polling, ids[0], Ok(())).unwrap();
    polling.gate().unwrap();

    polling.begin_evaluation(ids[0]).unwrap();
    let long = tokio::time::timeout(3 * interval, polling.due()).await;
    assert!(long.is_err(), "a wait of an evaluation was told");
}

#[tokio::test]
async fn a_long_evaluation_is_told_and_does_not_hold() {
    let limit = Duration::from_millis(50);
    let polling = polling_within(limit);
    let id = polling.add("slow", None);
    let nothing = tokio::time::timeout(limit * 2, polling.overrun(GRACE)).await;
    assert!(nothing.is_err());
    polling.begin_evaluation(id).unwrap();
    assert!(polling.evaluation_left().unwrap() <= limit);
    let overrun = polling.overrun(GRACE).await;
    assert_eq!((overrun.description.as_str(), overrun.limit), ("slow", limit));
    assert!(overrun.elapsed >= limit);
    let late = polling.gate();
    assert!(
        matches!(
            &late,
            Err(Cause::TimedOut {
                limit: LimitName::Condition,
                ..
            })
        ),
        "{late:?}"
    );
    let told = failed(polling.end_evaluation(id, Ok(())));
    assert!(
        told.contains("the condition limit (--condition-timeout) of 0.05 s passed"),
        "{told}"
    );
}

#[tokio::test]
async fn boots_do_not_count_against_an_evaluation() {
    let limit = Duration::from_millis(50);
    let limits = Limits {
        condition: limit,
        ..Limits::default()
    };
    let setup = SetupClock::default();
    let polling = Polling::new(&limits, &setup);
    let id = polling.add("boots", None);
    polling.begin_evaluation(id).unwrap();
    let boot = setup.wait(false);
    tokio::time::sleep(2 * limit).await;
    drop(boot);
    assert!(!polling.evaluation_left().unwrap().is_zero());
    polling.end_evaluation(id, Ok(())).unwrap();
}

#[test]
fn an_evaluation_that_nobody_asked_for_hides_no_condition() {
    let (polling, ids) = entered(&[Duration::ZERO, LONG]);
    let outside = polling.add("outside", None);
    for own in [outside, ids[1]] {
        polling.begin_evaluation(own).unwrap();
        let mut expected = vec![ids[0].0];
        expected.extend((own == outside).then_some(ids[1].0));
        assert_eq!(due(polling.gate()), expected);
        assert!(polling.next_due().is_some());
        // Those that were asked for are evaluated meanwhile, and their calls pass.
        for id in expected {
            polling.begin_evaluation(ConditionId(id)).unwrap();
            polling.gate().unwrap();
            assert_eq!(polling.next_due(), None);
            assert!(polling.begin_evaluation(outside).is_err(), "one at a time");
            assert!(polling.end_evaluation(own, Ok(())).is_err(), "the inner one ends first");
            polling.end_evaluation(ConditionId(id), Ok(())).unwrap();
        }
        polling.gate().unwrap();
        polling.end_evaluation(own, Ok(())).unwrap();
    }
    // And what is ignored fails.
    polling.begin_evaluation(outside).unwrap();
    assert_eq!(due(polling.gate()), [ids[0].0]);
    assert!(failed(polling.gate()).contains("has not been evaluated"));
}

#[test]
fn a_look_stands_for_the_next_call_and_not_for_one_long_after() {
    let (polling, ids) = entered(&[Duration::ZERO, LONG]);
    let all = [ids[0].0, ids[1].0];
    assert_eq!(due(polling.gate()), all);
    evaluate(&polling, ids[0], Ok(())).unwrap();
    // It stands while others take their time.
    polling.begin_evaluation(ids[1]).unwrap();
    std::thread::sleep(CONDITION_STANDS + Duration::from_millis(50));
    polling.end_evaluation(ids[1], Ok(())).unwrap();
    polling.gate().unwrap();
    assert_eq!(due(polling.gate()), [ids[0].0]);
    evaluate(&polling, ids[0], Ok(())).unwrap();
    std::thread::sleep(CONDITION_STANDS + Duration::from_millis(50));
    assert_eq!(due(polling.gate()), [ids[0].0]);
}

#[test]
fn a_test_that_returns_in_the_middle_of_an_evaluation_has_not_looked() {
    let polling = Polling::default();
    let id = polling.add("looks of its own accord", None);
    polling.begin_evaluation(id).unwrap();
    let failed = polling.finish().unwrap_err().to_string();
    assert_eq!(
        failed,
        "Polling condition failed: looks of its own accord: it was still evaluated when the test ended"
    );
}
