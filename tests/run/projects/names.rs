//! What the component of a project is called, and where it goes.

use super::workshop::{C, JAVASCRIPT, NAME, Workshop};

/// The names of the components in a directory.
fn components(directory: &std::path::Path) -> Vec<String> {
    let names = std::fs::read_dir(directory).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> = names.filter(|name| name.ends_with(".wasm")).collect();
    names.sort();
    names
}

#[test]
fn a_components_name_is_what_the_project_calls_itself_and_never_a_path() {
    let workshop = Workshop::new();
    let Some(directory) = workshop.make_to_build(JAVASCRIPT) else {
        return;
    };
    let long = format!("\"{}\"", "a".repeat(300));
    let packages = [
        ("\"web\"", "web.wasm"),
        ("\"@scope/web\"", "web.wasm"),
        ("\"web.tests\"", "web.tests.wasm"),
        ("\"..\"", "first.wasm"),
        ("\"../up\"", "up.wasm"),
        ("\"a\\\\b\"", "first.wasm"),
        ("\".hidden\"", "first.wasm"),
        ("\"-o\"", "first.wasm"),
        ("\"a\\nb\"", "first.wasm"),
        ("\"\"", "first.wasm"),
        (&long, "first.wasm"),
        ("7", "first.wasm"),
    ];
    for (name, component) in packages {
        std::fs::write(directory.join("package.json"), format!("{{\"name\": {name}}}")).unwrap();
        workshop
            .run(["build", NAME])
            .expect(0)
            .says(&format!("first/{component}"));
        assert_eq!(components(&directory), [component], "{name}");
        assert!(components(&workshop.path()).is_empty(), "{name}");
        std::fs::remove_file(directory.join(component)).unwrap();
    }
    std::fs::write(directory.join("package.json"), "{\"name\": ").unwrap();
    workshop
        .run(["build", NAME])
        .expect(2)
        .says("package.json is no JSON: ");
}

#[test]
fn a_component_goes_where_it_is_wanted_whole_or_not_at_all() {
    let workshop = Workshop::new();
    let Some(directory) = workshop.make_to_build(C) else {
        return;
    };
    let wanted = workshop.path().join("deep/other");
    workshop
        .run_words("build first -o deep/other")
        .expect(0)
        .says("built deep/other (C, ");
    assert!(components(&directory).is_empty());
    let component = std::fs::read(&wanted).unwrap();
    assert!(component.starts_with(b"\0asm"));
    workshop
        .run_words("build first -o deep/other")
        .expect(0)
        .says("deep/other is up to date");

    // It takes the other's place: who has that open goes on reading it.
    let mut reader = std::fs::File::open(&wanted).unwrap();
    super::workshop::replace(&directory.join("tests.c"), "a test of", "another test of");
    workshop
        .run_words("build first -o deep/other")
        .expect(0)
        .says("built deep/other (C, ");
    let mut read = Vec::new();
    std::io::Read::read_to_end(&mut reader, &mut read).unwrap();
    assert!(read == component, "the file was overwritten");
    assert_ne!(std::fs::read(&wanted).unwrap(), component);

    // What cannot be built leaves what there was.
    let component = std::fs::read(&wanted).unwrap();
    super::workshop::append(&directory.join("tests.c"), "int x = ;\n");
    workshop.run_words("build first -o deep/other").expect(2);
    assert!(std::fs::read(&wanted).unwrap() == component, "the file was touched");
    assert_eq!(std::fs::read_dir(wanted.parent().unwrap()).unwrap().count(), 1);

    workshop
        .run_words("build first --prepare -o x")
        .expect(2)
        .says("cannot be used with");
}

#[test]
fn several_projects_and_components_run_together() {
    let workshop = Workshop::new();
    if workshop.make_to_build(C).is_none() {
        return;
    }
    workshop.run_words("new --lang c second").expect(0);
    workshop.run_words("build second -o second.wasm").expect(0);
    let ended = workshop.run_words("list first second.wasm").expect(0);
    assert_eq!(ended.stdout.matches("hello").count(), 2, "{}", ended.stdout);
}
