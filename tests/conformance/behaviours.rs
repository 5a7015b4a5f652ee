//! The behaviours, as `README.md` describes them.

/// One behaviour, which is one test in each language.
#[derive(Debug, Clone)]
pub struct Behaviour {
    /// The heading under which it stands.
    pub section: String,
    /// Its name, and the test's.
    pub name: String,
    /// Whether the test is to fail.
    pub fails: bool,
    /// Whether its failure has a place in the source text.
    pub has_place: bool,
    /// Whether the failure's text is the language's own.
    pub own_text: bool,
}

/// All behaviours, in their order.
pub fn behaviours() -> Vec<Behaviour> {
    let mut section = String::new();
    let mut behaviours = Vec::new();
    for line in include_str!("README.md").lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            heading.clone_into(&mut section);
        }
        let Some((name, text)) = line.strip_prefix("| `").and_then(|rest| rest.split_once("` | ")) else {
            continue;
        };
        behaviours.push(Behaviour {
            section: section.clone(),
            name: name.to_owned(),
            fails: text.contains("**fails**"),
            has_place: text.contains("# HERE"),
            own_text: text.contains("*own text*"),
        });
    }
    behaviours
}

#[test]
fn behaviours_are_read_as_they_are_written() {
    let behaviours = behaviours();
    assert!(behaviours.len() > 70, "{}", behaviours.len());
    let find = |name: &str| behaviours.iter().find(|behaviour| behaviour.name == name).unwrap();
    let fault = find("fault in a subtest");
    assert!(fault.fails && fault.has_place && fault.own_text);
    assert_eq!(fault.section, "Failures of the test's own");
    let endless = find("endless");
    assert!(endless.fails && !endless.has_place && !endless.own_text);
    assert!(!find("output").fails);
}
