//! Says when the SDKs that the program carries have changed: files that are new are noticed by nothing else.

fn main() {
    println!("cargo:rerun-if-changed=../guest-sdk");
}
