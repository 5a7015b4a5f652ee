//! Looks that a guest repeats within one command, so that what is waited for is noticed sooner than the host could ask.

use std::time::Duration;

use crate::limits::{GUEST_LOOK, LOOKS_TO_PAUSES};

/// Bash that looks again and again for so long, at least once, and then goes on. The look exits where it has seen enough;
/// it is not ended by a command that fails. Between two looks nothing is started: the pause is a read that ends in time.
pub(super) fn repeat(look: &str, time: Duration) -> String {
    let (shortest, ratio) = (GUEST_LOOK.as_micros(), LOOKS_TO_PAUSES);
    let (looks, time) = (time.as_micros() / shortest, time.as_micros());
    // Bash before 5 does not tell the time: there looks are counted as if they took none.
    format!(
        "set +e; n=; now() {{ t=${{EPOCHREALTIME-}}; t=${{t/[.,]}}; }}; now; began=$t; for ((i = 0; ; i++)); do \
         now; a=$t; {look}; now; ((i < {looks} && t - began < {time})) || break; p=$(((t - a) / {ratio})); \
         ((p > {shortest})) || p={shortest}; printf -v p '%d.%06d' $((p / 1000000)) $((p % 1000000)); \
         [[ $n ]] || exec {{n}}<> <(:); read -r -t $p -u $n; done"
    )
}
