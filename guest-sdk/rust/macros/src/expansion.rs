//! From a function to a function and its registration.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Attribute, Error, Expr, ExprLit, Ident, ItemFn, Lit, Meta, Result, Signature};

use crate::arguments::Arguments;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let arguments: Arguments = syn::parse2(arguments)?;
    let function: ItemFn = syn::parse2(item).map_err(|error| {
        Error::new(
            error.span(),
            format!("`#[proctor_sdk::test]` stands before a function: {error}"),
        )
    })?;
    check(&function.sig)?;

    let identifier = &function.sig.ident;
    let name = arguments
        .name
        .map_or_else(|| identifier.to_string(), |name| name.value());
    let name = name.strip_prefix("r#").unwrap_or(&name);
    let description = arguments
        .description
        .map(|text| text.value())
        .or_else(|| first_doc_line(&function.attrs));
    let description = option(description);
    let tags = arguments.tags;
    let timeout = option(arguments.timeout);
    let (line, column) = position(identifier.span());
    // Spanned so that a wrong signature is reported at the signature.
    let body = quote_spanned! { function.sig.inputs.span() =>
        { let body: fn(::proctor_sdk::Driver) -> ::proctor_sdk::Result<()> = #identifier; body }
    };

    let refusal = refusal_of_cargo(identifier);

    Ok(quote! {
        #function

        #refusal

        const _: () = {
            ::proctor_sdk::__private::submit! {
                ::proctor_sdk::__private::Registration {
                    name: #name,
                    description: #description,
                    tags: &[#(#tags),*],
                    timeout: #timeout,
                    file: ::core::file!(),
                    line: #line,
                    column: #column,
                    body: #body,
                }
            }
        };
    })
}

/// A test that fails in `cargo test`, which has no machines: otherwise that finds nothing to run and calls it a success. There
/// is one for each test, so that this holds when tests are selected by their names, too.
fn refusal_of_cargo(identifier: &Ident) -> TokenStream {
    let name = format_ident!("{identifier}_is_a_test_of_machines");
    quote! {
        #[cfg(all(test, not(target_family = "wasm")))]
        #[::core::prelude::v1::test]
        fn #name() {
            ::proctor_sdk::__private::refuse_to_run_without_machines();
        }
    }
}

/// Says in our words what the compiler would say in words about generated code.
fn check(signature: &Signature) -> Result<()> {
    let form = "a test has the form `fn(Driver) -> Result<()>`";
    if let Some(asyncness) = &signature.asyncness {
        return Err(Error::new(asyncness.span, format!("{form}: it is not `async`")));
    }
    if !signature.generics.params.is_empty() {
        return Err(Error::new(
            signature.generics.span(),
            format!("{form}: it has no generic parameters"),
        ));
    }
    if signature.inputs.len() != 1 {
        return Err(Error::new(
            signature.ident.span(),
            format!("{form}: it takes the driver and nothing else"),
        ));
    }
    Ok(())
}

/// Line and column, both from 1, of a function's name.
fn position(span: Span) -> (u32, u32) {
    let start = span.unwrap().start();
    (
        u32::try_from(start.line()).unwrap_or(0),
        u32::try_from(start.column()).unwrap_or(0),
    )
}

fn option<T: quote::ToTokens>(value: Option<T>) -> TokenStream {
    match value {
        Some(value) => quote! { ::core::option::Option::Some(#value) },
        None => quote! { ::core::option::Option::None },
    }
}

/// The first line of a doc comment that is not empty.
fn first_doc_line(attributes: &[Attribute]) -> Option<String> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .find_map(|attribute| {
            let Meta::NameValue(meta) = &attribute.meta else {
                return None;
            };
            let Expr::Lit(ExprLit {
                lit: Lit::Str(text), ..
            }) = &meta.value
            else {
                return None;
            };
            text.value()
                .lines()
                .map(str::trim)
                .find(|line| !line.is_empty())
                .map(str::to_owned)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(item: TokenStream) -> String {
        expand(TokenStream::new(), item)
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn wrong_forms_are_refused_in_plain_words() {
        assert!(refusal(quote! { async fn a(driver: Driver) {} }).contains("it is not `async`"));
        assert!(refusal(quote! { fn a<T>(driver: T) {} }).contains("no generic parameters"));
        assert!(refusal(quote! { fn a() {} }).contains("takes the driver"));
        assert!(refusal(quote! { struct A; }).contains("stands before a function"));
    }

    #[test]
    fn a_test_of_machines_fails_in_cargo_test() {
        for (identifier, name) in [
            ("a", "a_is_a_test_of_machines"),
            ("r#try", "r#try_is_a_test_of_machines"),
        ] {
            let refusal: ItemFn = syn::parse2(refusal_of_cargo(&syn::parse_str(identifier).unwrap())).unwrap();
            assert_eq!(refusal.sig.ident, name);
        }
    }

    #[test]
    fn description_is_the_first_line_of_the_doc_comment() {
        let function: ItemFn = syn::parse_quote! {
            ///
            /// One line.
            /// Another.
            fn a() {}
        };
        assert_eq!(first_doc_line(&function.attrs).as_deref(), Some("One line."));
        let function: ItemFn = syn::parse_quote! { #[inline] fn a() {} };
        assert_eq!(first_doc_line(&function.attrs), None);
    }
}
