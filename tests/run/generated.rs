//! Components made by the tests themselves, for what no compiler would make.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// A component with tests of these names.
#[derive(Debug)]
pub struct Generated<'a> {
    names: &'a [&'a str],
    /// How many tests there are, where that is not the number of names.
    count: Option<usize>,
    /// What the core module imports.
    imports: &'a str,
    /// What the core module has besides.
    fields: String,
    /// What a test does before it passes.
    body: &'a str,
    /// What follows the component's own sections.
    sections: Vec<u8>,
}

/// The sections of a component that are appended here.
const CORE_MODULE: u8 = 1;
const CORE_INSTANCES: u8 = 2;
const COMPONENT: u8 = 4;
const COMPONENT_INSTANCES: u8 = 5;
/// Where in memory what is returned stands, where the names do, and where the tests do.
const RETURNED: usize = 16;
const NAMES: usize = 64;
const TESTS: usize = 4096;
/// A test's size in memory, of which the name's address and length come first and zeros mean that there is no more.
const TEST: usize = 56;
/// The pages of memory: enough for all tests that may be.
const PAGES: usize = 20;

impl<'a> Generated<'a> {
    /// A component with tests of these names, all of which pass.
    pub fn new(names: &'a [&'a str]) -> Self {
        Self {
            names,
            count: None,
            imports: "",
            fields: String::new(),
            body: "",
            sections: Vec::new(),
        }
    }

    /// With so many tests.
    pub fn count(mut self, count: usize) -> Self {
        self.count = Some(count);
        self
    }

    /// With imports of the core module.
    pub fn imports(mut self, imports: &'a str) -> Self {
        self.imports = imports;
        self
    }

    /// With more fields of the core module.
    pub fn fields(mut self, fields: &str) -> Self {
        self.fields.push_str(fields);
        self
    }

    /// With tests that do something.
    pub fn body(mut self, body: &'a str) -> Self {
        self.body = body;
        self
    }

    /// With a core module appended so many times; none is ever instantiated.
    pub fn modules(mut self, module: &str, count: usize) -> Self {
        let module = wat::parse_str(module).unwrap();
        for _ in 0..count {
            self.section(CORE_MODULE, &module);
        }
        self
    }

    /// With its core module instantiated so many times more.
    pub fn instances(mut self, count: usize) -> Self {
        let mut section = Vec::new();
        length(&mut section, count);
        // Instantiate; module 0; without arguments.
        section.extend([0, 0, 0].repeat(count));
        self.section(CORE_INSTANCES, &section);
        self
    }

    /// With a component inside, instantiated.
    pub fn nested(mut self, component: &str) -> Self {
        let before = self.count_of(COMPONENT);
        self.section(COMPONENT, &wat::parse_str(component).unwrap());
        let mut section = vec![1, 0];
        length(&mut section, before);
        section.push(0);
        self.section(COMPONENT_INSTANCES, &section);
        self
    }

    /// How many sections of a kind the component has so far.
    fn count_of(&self, wanted: u8) -> usize {
        let mut bytes = &self.encoded()[8..];
        let mut count = 0;
        while let [kind, rest @ ..] = bytes {
            let (mut size, mut digits) = (0, 0);
            while rest[digits] >= 0x80 {
                size |= usize::from(rest[digits] & 0x7f) << (7 * digits);
                digits += 1;
            }
            size |= usize::from(rest[digits]) << (7 * digits);
            count += usize::from(*kind == wanted);
            bytes = &rest[digits + 1 + size..];
        }
        count
    }

    fn section(&mut self, kind: u8, content: &[u8]) {
        self.sections.push(kind);
        length(&mut self.sections, content.len());
        self.sections.extend_from_slice(content);
    }

    fn core(&self) -> String {
        let (mut data, mut place) = (String::new(), NAMES);
        for (index, name) in self.names.iter().enumerate() {
            let bytes = |data: &mut String, bytes: &[u8]| {
                bytes.iter().for_each(|byte| write!(data, "\\{byte:02x}").unwrap());
            };
            write!(data, "(data (i32.const {place}) \"").unwrap();
            bytes(&mut data, name.as_bytes());
            write!(data, "\") (data (i32.const {}) \"", TESTS + index * TEST).unwrap();
            bytes(&mut data, &u32::try_from(place).unwrap().to_le_bytes());
            bytes(&mut data, &u32::try_from(name.len()).unwrap().to_le_bytes());
            data.push_str("\")");
            place += name.len();
        }
        assert!(place <= TESTS, "the names are too long");
        let count = self.count.unwrap_or(self.names.len());
        let (imports, fields, body, returned) = (self.imports, &self.fields, self.body, RETURNED + 4);
        format!(
            r#"(module
                {imports}
                (memory (export "memory") {PAGES})
                {data}
                (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const {TESTS}))
                (func (export "proctor:driver/tests@0.1.0#list") (result i32)
                    (i32.store (i32.const {RETURNED}) (i32.const {TESTS}))
                    (i32.store (i32.const {returned}) (i32.const {count}))
                    (i32.const {RETURNED}))
                (func (export "proctor:driver/tests@0.1.0#run") (param i32 i32) (result i32)
                    {body}
                    (i32.store8 (i32.const {RETURNED}) (i32.const 0))
                    (i32.const {RETURNED}))
                {fields})"#
        )
    }

    /// Writes the component.
    pub fn write(&self, path: &Path) -> PathBuf {
        std::fs::write(path, self.encoded()).unwrap();
        path.to_owned()
    }

    fn encoded(&self) -> Vec<u8> {
        let mut module = wat::parse_str(self.core()).unwrap();
        let mut resolve = Resolve::default();
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
        let (package, _) = resolve.push_dir(directory).unwrap();
        let world = resolve.select_world(&[package], Some("test")).unwrap();
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
        let mut component = ComponentEncoder::default().module(&module).unwrap().encode().unwrap();
        component.extend_from_slice(&self.sections);
        component
    }
}

/// Appends a number as WebAssembly writes them: seven bits a byte, the lowest first.
fn length(bytes: &mut Vec<u8>, mut value: usize) {
    loop {
        let low = u8::try_from(value & 0x7f).unwrap();
        value >>= 7;
        if value == 0 {
            return bytes.push(low);
        }
        bytes.push(low | 0x80);
    }
}
