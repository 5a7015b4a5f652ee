//! What `proctor new` does not make, and what is no project.

use super::workshop::Workshop;

#[test]
fn a_name_that_cannot_be_one_is_refused() {
    let workshop = Workshop::new();
    let long = "a".repeat(65);
    let names = [
        "A b", "proctor", "test", "9lives", "Ümlaut", "a.b", "..", ".", &long, "-x", "deep/A",
    ];
    for name in names {
        let ended = workshop.run(["new", "--lang", "go", "--", name]).expect(2);
        let last = name.rsplit('/').next().unwrap();
        ended.says(&format!(
            "error: `{last}` is no name for a project: at most 64 lower-case letters, digits, `-` and `_`"
        ));
    }
    workshop
        .run(["new", "--lang", "go", ""])
        .expect(2)
        .says("a value is required for '<NAME>'");
    workshop
        .run(["new", "--lang", "go", "-x"])
        .expect(2)
        .says("unexpected argument '-x'");
    assert_eq!(std::fs::read_dir(workshop.path()).unwrap().count(), 0);
    // The longest, and a path.
    workshop.run(["new", "--lang", "go", &long[1..]]).expect(0);
    workshop.run(["new", "--lang", "go", "../deep/x"]).expect(0);
    assert!(workshop.scene().path().join("deep/x/main.go").is_file());
}

#[test]
fn what_is_there_already_is_not_touched() {
    let workshop = Workshop::new();
    let there = workshop.path().join("there");
    std::fs::create_dir(&there).unwrap();
    std::os::unix::fs::symlink("nowhere", workshop.path().join("link")).unwrap();
    for name in ["there", "there/", "link"] {
        let ended = workshop.run(["new", "--lang", "c", name]).expect(2);
        ended.says(&format!(
            "error: {name} is there already; choose another name, or remove it"
        ));
    }
    assert_eq!(std::fs::read_dir(there).unwrap().count(), 0);
}

#[test]
fn an_unknown_language_is_refused_with_those_that_there_are() {
    let workshop = Workshop::new();
    let ended = workshop.run_words("new --lang cobol first").expect(2);
    ended.says("invalid value 'cobol'").says("c, go, js, ts, python, rust");
    workshop.run_words("new first").expect(2).says("--lang <LANGUAGE>");
}

#[test]
fn a_project_that_cannot_be_written_is_told() {
    let workshop = Workshop::new();
    std::fs::write(workshop.path().join("file"), "").unwrap();
    let ended = workshop.run_words("new --lang c file/first").expect(2);
    ended.says("error: cannot write file/first/").says("Not a directory");
}

#[test]
fn a_directory_that_is_no_project_is_told_with_what_makes_one() {
    let workshop = Workshop::new();
    std::fs::create_dir(workshop.path().join("none")).unwrap();
    for subcommand in ["build", "build --prepare", "run", "list", "check"] {
        let ended = workshop.run_words(&format!("{subcommand} none")).expect(2);
        ended
            .says("none is no test component and no project: it has none of compile_flags.txt, go.mod, package.json, ");
        ended.says("`proctor new --lang LANGUAGE NAME` makes a project");
    }
    workshop
        .run_words("build absent")
        .expect(2)
        .says("cannot find absent: No such file or directory");
    workshop
        .run_words("run absent")
        .expect(2)
        .says("give the path of a component file (.wasm) or of a project's directory");
    // Nothing is written where there is no project.
    assert_eq!(std::fs::read_dir(workshop.path().join("none")).unwrap().count(), 0);
    std::fs::write(workshop.path().join("none/script.py"), "").unwrap();
    for subcommand in ["run", "check"] {
        let ended = workshop.run_words(&format!("{subcommand} none")).expect(2);
        ended
            .says("none is no project, but has scripts in Python")
            .says("none/*.py");
    }
}

#[test]
fn a_directory_of_several_projects_is_told_with_what_makes_it_so() {
    let workshop = Workshop::new();
    let several = workshop.path().join("several");
    std::fs::create_dir(&several).unwrap();
    for name in ["go.mod", "requirements.txt", "pyproject.toml"] {
        std::fs::write(several.join(name), "").unwrap();
    }
    for subcommand in ["build", "run", "list", "check"] {
        let ended = workshop.run_words(&format!("{subcommand} several")).expect(2);
        ended.says(
            "is a project of several languages: it has go.mod and pyproject.toml; give each a directory of its own",
        );
    }
}

#[test]
fn without_a_test_it_is_the_project_of_this_directory() {
    let workshop = Workshop::new();
    for subcommand in ["run", "list", "check"] {
        workshop
            .run([subcommand])
            .expect(2)
            .says("no test is given, and this directory is no project")
            .says(&format!("proctor {subcommand} test.wasm"));
    }
    let Some(directory) = workshop.make_to_build(super::workshop::C) else {
        return;
    };
    let mut command = workshop.command();
    command.current_dir(directory);
    let ended = workshop.run_as(command, ["list"]).expect(0);
    assert_eq!(ended.stdout, "hello\n");
}

#[test]
fn a_component_does_not_take_a_directorys_place() {
    let workshop = Workshop::new();
    workshop.make(super::workshop::C);
    let ended = workshop.run(["build", "-o", "first", "first"]).expect(2);
    ended.says("error: first is a directory; name the component's file in it");
}
