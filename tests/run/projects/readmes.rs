//! What the SDKs' READMEs show compiles.

use std::fmt::Write as _;
use std::path::Path;

use super::workshop::{C, GO, NAME, PYTHON, TYPESCRIPT, Workshop};

/// The blocks of code of a kind in an SDK's README.
fn blocks(sdk: &str, kind: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest-sdk").join(sdk);
    let readme = std::fs::read_to_string(path.join("README.md")).unwrap();
    let start = format!("```{kind}\n");
    let blocks = readme
        .split(&start)
        .skip(1)
        .map(|rest| rest.split("\n```").next().unwrap());
    let blocks: Vec<_> = blocks.map(|block| format!("{block}\n")).collect();
    assert!(blocks.len() > 10, "{sdk}: {blocks:?}");
    blocks
}

/// Writes files into a project, in place of its tests, and returns the names of the tests in what is built of it.
fn tests_of(workshop: &Workshop, directory: &Path, tests: &str, files: &[(String, String)]) -> Vec<String> {
    std::fs::remove_file(directory.join(tests)).unwrap();
    for (name, text) in files {
        std::fs::write(directory.join(name), text).unwrap();
    }
    let listed = workshop.run(["list", NAME]).expect(0).stdout;
    let mut names: Vec<_> = listed
        .lines()
        .map(|line| {
            line.split("  ")
                .next()
                .unwrap()
                .split(" #")
                .next()
                .unwrap()
                .trim()
                .to_owned()
        })
        .collect();
    names.sort();
    names
}

#[test]
fn the_readme_for_typescript_builds() {
    let workshop = Workshop::new();
    let Some(directory) = workshop.make_to_build(TYPESCRIPT) else {
        return;
    };
    let blocks = blocks("js", "ts");
    let file = |(number, block): (usize, &String)| (format!("tests/{number}.test.ts"), block.clone());
    let files: Vec<_> = blocks.iter().enumerate().map(file).collect();
    let names = tests_of(&workshop, &directory, TYPESCRIPT.tests, &files);
    assert_eq!(names.len(), blocks.len(), "{names:?}");
}

#[test]
fn the_readme_for_go_builds() {
    let workshop = Workshop::new();
    let Some(directory) = workshop.make_to_build(GO) else {
        return;
    };
    let mut blocks = blocks("go", "go");
    let main = blocks.remove(0);
    let imports = "package main\n\nimport (\n\"errors\"\n\"strconv\"\n\"strings\"\n\"time\"\n\n\"proctor\"\n)\n\n";
    let files = [
        ("main.go".to_owned(), main),
        ("others.go".to_owned(), imports.to_owned() + &blocks.join("\n")),
    ];
    let names = tests_of(&workshop, &directory, GO.tests, &files);
    assert_eq!(names, ["page is served"]);
}

#[test]
fn the_readme_for_c_builds() {
    let workshop = Workshop::new();
    let Some(directory) = workshop.make_to_build(C) else {
        return;
    };
    let mut files = Vec::new();
    for (number, block) in blocks("c", "c").into_iter().enumerate() {
        let text = if block.contains("PROCTOR_TEST(") {
            format!("#include <proctor.h>\n{block}")
        } else {
            format!(
                "#include <proctor.h>\nstatic proctor_result body(proctor_machine machine) {{\n(void)machine;\n{block}\
                 return PROCTOR_OK;\n}}\nPROCTOR_TEST(t{number}) {{ return \
                 body(PROCTOR_TRY(proctor_only_machine())); }}\n"
            )
        };
        files.push((format!("readme{number}.c"), text));
    }
    let names = tests_of(&workshop, &directory, C.tests, &files);
    assert_eq!(names.len(), files.len(), "{names:?}");
}

#[test]
fn the_readme_for_python_builds() {
    let workshop = Workshop::new();
    let Some(directory) = workshop.make_to_build(PYTHON) else {
        return;
    };
    let mut text = "import proctor\n".to_owned();
    let blocks = blocks("python", "python");
    for (number, block) in blocks.iter().enumerate() {
        if block.contains("@proctor.test") {
            text += block;
            continue;
        }
        writeln!(text, "\n@proctor.test\ndef t{number}(machine, server, client, driver):").unwrap();
        for line in block.lines() {
            writeln!(text, "    {line}").unwrap();
        }
    }
    let names = tests_of(&workshop, &directory, PYTHON.tests, &[(PYTHON.tests.to_owned(), text)]);
    assert_eq!(names.len(), blocks.len(), "{names:?}");
}
