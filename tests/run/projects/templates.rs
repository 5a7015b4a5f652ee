//! Each template: a project that runs as it is made.

use std::time::SystemTime;

use super::workshop::{C, GO, JAVASCRIPT, NAME, PYTHON, RUST, TEMPLATES, TYPESCRIPT, Template, Workshop, replace};

/// The new project's test passes; it is built again only where something has changed, and then says something else.
fn works(template: Template) {
    let workshop = Workshop::new();
    let Some(directory) = workshop.make_to_build(template) else {
        return;
    };
    let script = workshop.scene().machine("machine", "");
    let run = || {
        let mut arguments = ["run", NAME, "--start-scripts"].map(Into::into).to_vec();
        arguments.push(script.clone());
        workshop.run(arguments)
    };
    let component = directory.join("first.wasm");
    let written = || -> SystemTime { component.metadata().unwrap().modified().unwrap() };

    let first = run().expect(0);
    first.says(&format!("built first/first.wasm ({}, ", template.language));
    assert_eq!(first.report().verdict(template.test), "PASS");
    let before = written();

    let second = run().expect(0);
    second.does_not_say("built ");
    assert_eq!(second.report().verdict(template.test), "PASS");
    workshop
        .run(["build", NAME])
        .expect(0)
        .says("first/first.wasm is up to date (");
    assert_eq!(written(), before);

    replace(&directory.join(template.tests), "echo hello\"", "echo good morning\"");
    let third = run().expect(1);
    third.says("built first/first.wasm (").says("good morning");
    assert_eq!(third.report().verdict(template.test), "FAIL");
    assert_ne!(written(), before);
}

#[test]
fn c_template_works() {
    works(C);
}

#[test]
fn go_template_works() {
    works(GO);
}

#[test]
fn javascript_template_works() {
    works(JAVASCRIPT);
}

#[test]
fn typescript_template_works() {
    works(TYPESCRIPT);
}

#[test]
fn python_template_works() {
    works(PYTHON);
}

#[test]
fn rust_template_works() {
    works(RUST);
}

#[test]
fn what_builds_and_runs_leave_is_kept_out_of_git() {
    for template in TEMPLATES {
        let workshop = Workshop::new();
        let directory = workshop.make(template);
        let ignored = std::fs::read_to_string(directory.join(".gitignore")).unwrap();
        let ignored: Vec<_> = ignored.lines().map(|line| line.trim_matches('/')).collect();
        for name in [".proctor", "*.wasm", "proctor-output"] {
            assert!(ignored.contains(&name), "{}: {ignored:?}", template.lang);
        }
    }
}

#[test]
fn nothing_of_a_template_is_left_to_fill_in() {
    for template in TEMPLATES {
        let workshop = Workshop::new();
        let directory = workshop.make(template);
        assert!(directory.join(template.tests).is_file(), "{}", template.lang);
        let readme = std::fs::read_to_string(directory.join("README.md")).unwrap();
        assert!(readme.starts_with("# first\n"), "{readme}");
        if template.lang == RUST.lang {
            let manifest = std::fs::read_to_string(directory.join("Cargo.toml")).unwrap();
            assert!(manifest.contains("exclude = [\".proctor\"]"), "{manifest}");
        }
        for entry in std::fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(!text.contains("{{"), "{path:?}: {text}");
            }
        }
    }
}

#[test]
fn a_file_outside_a_project_counts_where_its_tests_use_it() {
    let include = "#include \"../shared.h\"\n";
    let import = "import \"../../shared.mjs\";\n";
    for (template, shared, line) in [(C, "shared.h", include), (JAVASCRIPT, "shared.mjs", import)] {
        let workshop = Workshop::new();
        let Some(directory) = workshop.make_to_build(template) else {
            continue;
        };
        let shared = directory.parent().unwrap().join(shared);
        let tests = directory.join(template.tests);
        let text = std::fs::read_to_string(&tests).unwrap();
        std::fs::write(&tests, format!("{line}{text}")).unwrap();
        std::fs::write(&shared, "").unwrap();
        workshop.run(["build", NAME]).expect(0).says("built ");
        workshop.run(["build", NAME]).expect(0).says("is up to date");
        std::fs::write(&shared, "broken, so that it is seen that it was read (\n").unwrap();
        workshop.run(["build", NAME]).expect(2).says("shared.");
    }
}
