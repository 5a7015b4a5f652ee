//! The attribute `#[proctor_sdk::test]`. Use it through the crate `proctor-sdk`.

mod arguments;
mod expansion;

use proc_macro::TokenStream;

/// Makes a function a test of the component.
///
/// The function has the form `fn(Driver) -> Result<()>`. One component may hold any number of tests; they are listed in
/// the order of the source text.
///
/// ```ignore
/// /// The guest knows its name.
/// #[proctor_sdk::test(tags = ["fast"], timeout = "30s")]
/// fn hostname(driver: Driver) -> Result<()> {
///     let machine = driver.only_machine()?;
///     assert_eq!(machine.succeed("hostname")?.trim(), "machine");
///     Ok(())
/// }
/// ```
///
/// # Arguments
///
/// All are optional.
///
/// * `name = "..."`: unique within the component. Default: the function's name.
/// * `description = "..."`: one line. Default: the first line of the doc comment.
/// * `tags = ["...", "..."]`: words by which tests are selected. Default: none.
/// * `timeout = "1m 30s"`: how long the test may take, the first boot of each machine not counted; the run's own test
///   limit still holds. Units: `ms`, `s`, `m`, `h`, `d`. Default: the run's test limit.
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let item = proc_macro2::TokenStream::from(item);
    expansion::expand(arguments.into(), item.clone())
        .unwrap_or_else(|error| {
            // The function stays, so that the one mistake does not show as many.
            let error = error.into_compile_error();
            quote::quote! { #item #error }
        })
        .into()
}
