//! What a record's lines look like, as a JSON Schema.

/// The schema of one line of `events.jsonl`. Its descriptions are those of [`crate::event`], which it is made of.
pub const EVENT_SCHEMA: &str = include_str!("../../schema/events.schema.json");

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::event::Event;
    use crate::report::every_kind::{RECORD, lines};
    use crate::report::golden_tests::assert_current;

    fn validator() -> jsonschema::Validator {
        let schema: Value = serde_json::from_str(EVENT_SCHEMA).unwrap();
        jsonschema::options()
            .should_validate_formats(true)
            .build(&schema)
            .unwrap()
    }

    #[test]
    fn the_stored_schema_is_that_of_the_events() {
        let mut schema = schemars::schema_for!(Event);
        schema.insert("title".into(), "A line of Proctor's events.jsonl".into());
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        assert_current("schema/events.schema.json", EVENT_SCHEMA, &text);
    }

    #[test]
    fn a_record_with_every_kind_of_event_is_valid() {
        let validator = validator();
        for line in lines(RECORD) {
            let value: Value = serde_json::from_str(line).unwrap();
            let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{line}\n{errors:?}");
        }
    }

    #[test]
    fn a_wrong_event_is_refused() {
        let validator = validator();
        let console = lines(RECORD)
            .find(|line| line.contains(r#""event":"console""#))
            .unwrap();
        let console: Value = serde_json::from_str(console).unwrap();
        assert!(validator.is_valid(&console));
        for (field, wrong) in [
            ("event", Some("\"unheard_of\"")),
            ("event", None),
            ("machine", None),
            ("line", Some("7")),
            ("offset", Some("-1.0")),
            ("offset", Some("\"soon\"")),
            ("time", Some("\"yesterday\"")),
            ("span", Some("-3")),
            ("test", Some("{}")),
        ] {
            let mut changed = console.clone();
            let object = changed.as_object_mut().unwrap();
            object.remove(field);
            if let Some(wrong) = wrong {
                object.insert(field.into(), serde_json::from_str(wrong).unwrap());
            }
            assert!(!validator.is_valid(&changed), "{changed}");
        }
    }

    #[test]
    fn every_field_is_described() {
        fn check(path: &str, value: &Value, missing: &mut Vec<String>) {
            let properties = value["properties"].as_object();
            // An object that is named by its only field is described itself.
            let is_name = properties.is_some_and(|fields| fields.len() == 1) && value.get("description").is_some();
            for (name, property) in properties.into_iter().flatten().filter(|_| !is_name) {
                let path = format!("{path}/{name}");
                // What tells variants apart is described with those.
                if property.get("const").is_none() && property.get("description").is_none() {
                    missing.push(path);
                }
            }
            let children: Vec<(String, &Value)> = match value {
                Value::Object(object) => object.iter().map(|(name, child)| (name.clone(), child)).collect(),
                Value::Array(items) => items
                    .iter()
                    .enumerate()
                    .map(|(n, child)| (n.to_string(), child))
                    .collect(),
                _ => Vec::new(),
            };
            for (name, child) in children {
                check(&format!("{path}/{name}"), child, missing);
            }
        }
        let schema: Value = serde_json::from_str(EVENT_SCHEMA).unwrap();
        let mut missing = Vec::new();
        check("", &schema, &mut missing);
        assert!(missing.is_empty(), "{missing:#?}");
    }
}
