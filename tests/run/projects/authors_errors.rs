//! Mistakes of a test's author: the tool's own words, with the place.

use super::workshop::{C, GO, JAVASCRIPT, NAME, PYTHON, RUST, TYPESCRIPT, Template, Workshop, append, replace};
use crate::invocation::Ended;

/// How building ends where this stands at the end of the tests of a project.
fn build_with(template: Template, text: &str) -> Option<Ended> {
    let workshop = Workshop::new();
    let directory = workshop.make_to_build(template)?;
    append(&directory.join(template.tests), text);
    let ended = workshop.run(["build", NAME]).expect(2);
    assert!(!directory.join("first.wasm").exists());
    // What is said is for people.
    ended
        .does_not_say("{\"reason\"")
        .does_not_say("Stack backtrace")
        .does_not_say("panicked");
    Some(ended)
}

/// The place of the last line when one is added to a file of so many.
fn last_line(template: Template) -> usize {
    let workshop = Workshop::new();
    let directory = workshop.make(template);
    let text = std::fs::read_to_string(directory.join(template.tests)).unwrap();
    text.lines().count() + 1
}

#[test]
fn errors_in_c_are_clangs() {
    let line = last_line(C);
    if let Some(ended) = build_with(C, "int x = ;\n") {
        ended.says(&format!("tests.c:{line}:9: error: expected expression"));
        ended.says("error: the compilation of tests.c failed (exit status: 1)\n");
    }
    if let Some(ended) = build_with(C, "#include \"gone.h\"\n") {
        ended.says(&format!("tests.c:{line}:10: fatal error: 'gone.h' file not found"));
    }
    if let Some(ended) = build_with(
        C,
        "int gone(void);\nPROCTOR_TEST(other) { return proctor_holds(gone()); }\n",
    ) {
        ended.says("tests.c.o: undefined symbol: gone");
        ended.says("error: the link of the tests failed");
    }
    if let Some(ended) = build_with(
        C,
        "PROCTOR_TEST(lost) {\n  proctor_start((proctor_machine){0});\n  return PROCTOR_OK;\n}\n",
    ) {
        ended.says(&format!("tests.c:{}:3: error: ignoring return value", line + 1));
    }
}

#[test]
fn errors_in_go_are_the_compilers() {
    let line = last_line(GO);
    if let Some(ended) = build_with(GO, "func f() int { return \"a\" }\n") {
        ended.says(&format!("./main.go:{line}:23: cannot use \"a\""));
        ended.says("error: go build failed (exit status: 1)\n");
    }
}

#[test]
fn errors_in_javascript_are_the_bundlers() {
    let line = last_line(JAVASCRIPT);
    if let Some(ended) = build_with(JAVASCRIPT, "const x = ;\n") {
        ended
            .says("Unexpected \";\"")
            .says(&format!("tests/first.test.js:{line}:10:"));
    }
    if let Some(ended) = build_with(JAVASCRIPT, "import \"gone\";\n") {
        ended
            .says("Could not resolve \"gone\"")
            .says(&format!("tests/first.test.js:{line}:7:"));
        ended.says("npm install gone");
    }
}

#[test]
fn an_exception_outside_of_tests_has_its_class_and_its_place() {
    let line = last_line(JAVASCRIPT);
    if let Some(ended) = build_with(JAVASCRIPT, "const x = undefined.foo;\n") {
        ended
            .says("TypeError: cannot read property 'foo' of undefined")
            .says(&format!("at tests/first.test.js:{line}:11"));
    }
}

#[test]
fn errors_in_typescript_are_the_bundlers() {
    let line = last_line(TYPESCRIPT);
    if let Some(ended) = build_with(TYPESCRIPT, "const x: number = ;\n") {
        ended
            .says("Unexpected \";\"")
            .says(&format!("tests/first.test.ts:{line}:18:"));
    }
}

#[test]
fn errors_in_python_are_the_interpreters() {
    let line = last_line(PYTHON);
    if let Some(ended) = build_with(PYTHON, "x = = 1\n") {
        ended
            .says(&format!("File \"test_first.py\", line {line}"))
            .says("SyntaxError: invalid syntax");
    }
    if let Some(ended) = build_with(PYTHON, "import gone\n") {
        ended.says(&format!("File \"test_first.py\", line {line}"));
        ended
            .says("ModuleNotFoundError: No module named 'gone'")
            .says("requirements.txt");
    }
}

#[test]
fn errors_in_rust_are_the_compilers() {
    let line = last_line(RUST);
    if let Some(ended) = build_with(RUST, "fn f() -> u8 { \"a\" }\n") {
        ended
            .says("error[E0308]: mismatched types")
            .says(&format!("src/lib.rs:{line}:16"));
        ended.says("error: cargo build failed (exit status: 101)\n");
    }
}

#[test]
fn two_tests_of_one_name_are_refused_by_all() {
    let seconds = [
        (C, "PROCTOR_TEST(hello) { return PROCTOR_OK; }\n", "hello"),
        (JAVASCRIPT, "test(\"first\", () => {});\n", "first"),
        (TYPESCRIPT, "test(\"first\", () => {});\n", "first"),
        (
            PYTHON,
            "@proctor.test(\"hello\")\ndef other() -> None:\n    pass\n",
            "hello",
        ),
        (GO, "func init() { proctor.Test(\"hello\", hello) }\n", "hello"),
        (
            RUST,
            "#[proctor_sdk::test(name = \"hello\")]\nfn other(_: Driver) -> Result { Ok(()) }\n",
            "hello",
        ),
    ];
    for (template, second, name) in seconds {
        let workshop = Workshop::new();
        let Some(directory) = workshop.make_to_build(template) else {
            continue;
        };
        append(&directory.join(template.tests), second);
        // Some find it when they build, others when their tests are listed.
        let ended = workshop.run(["list", NAME]);
        assert_eq!(
            ended.status.code(),
            Some(2),
            "{}: {}{}",
            template.lang,
            ended.stdout,
            ended.stderr
        );
        assert!(
            ended.stderr.contains(name)
                && ["two", "twice", "redefinition", "already"]
                    .iter()
                    .any(|word| ended.stderr.contains(word)),
            "{}: {}",
            template.lang,
            ended.stderr
        );
    }
}

#[test]
fn a_project_without_tests_is_told() {
    let workshop = Workshop::new();
    if let Some(directory) = workshop.make_to_build(JAVASCRIPT) {
        std::fs::remove_dir_all(directory.join("tests")).unwrap();
        workshop.run(["build", NAME]).expect(2).says(".test.js");
    }
    let workshop = Workshop::new();
    if let Some(directory) = workshop.make_to_build(C) {
        std::fs::remove_file(directory.join("tests.c")).unwrap();
        workshop
            .run(["build", NAME])
            .expect(2)
            .says("first has no files that end in .c");
    }
    let workshop = Workshop::new();
    if let Some(directory) = workshop.make_to_build(RUST) {
        replace(&directory.join("Cargo.toml"), "\"cdylib\"", "\"rlib\"");
        workshop
            .run(["build", NAME])
            .expect(2)
            .says("its Cargo.toml wants: [lib] crate-type = [\"cdylib\"]");
    }
}
