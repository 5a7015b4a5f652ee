//! Things that must close in turn, of what need not end in turn.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::Arc;

/// What is open, the outermost first. What has ended stays for as long as it holds something that has not.
#[derive(Debug)]
pub(super) struct NestStack<K, V> {
    open: Vec<Nest<K, V>>,
    /// Places of those that have not ended: by key, and of those that end with a test by that. A record may hold very
    /// many.
    by_key: HashMap<K, BTreeSet<usize>>,
    by_test: HashMap<Arc<str>, BTreeSet<usize>>,
}

#[derive(Debug)]
struct Nest<K, V> {
    key: K,
    test: Option<Arc<str>>,
    value: V,
    ended: bool,
}

impl<K, V> Default for NestStack<K, V> {
    fn default() -> Self {
        Self {
            open: Vec::new(),
            by_key: HashMap::new(),
            by_test: HashMap::new(),
        }
    }
}

impl<K: Eq + Hash + Clone, V> NestStack<K, V> {
    /// Something began, which ends with a test at the latest where one is given.
    pub(super) fn open(&mut self, key: K, test: Option<&Arc<str>>, value: V) {
        let place = self.open.len();
        self.by_key.entry(key.clone()).or_default().insert(place);
        if let Some(test) = test {
            self.by_test.entry(Arc::clone(test)).or_default().insert(place);
        }
        self.open.push(Nest {
            key,
            test: test.cloned(),
            value,
            ended: false,
        });
    }

    /// The newest with this key that has not ended.
    pub(super) fn newest(&self, key: &K) -> Option<&V> {
        let place = self.by_key.get(key)?.last()?;
        self.open.get(*place).map(|nest| &nest.value)
    }

    /// The newest with this key ends.
    pub(super) fn end(&mut self, key: &K) -> Option<&mut V> {
        let place = *self.by_key.get(key)?.last()?;
        self.end_at(place)
    }

    /// All that ends with a test ends, each told to `ended`.
    pub(super) fn end_test(&mut self, test: &Arc<str>, mut ended: impl FnMut(&mut V)) {
        for place in self.by_test.remove(test).unwrap_or_default() {
            self.end_at(place).map(&mut ended);
        }
    }

    /// Everything ends, each told to `ended`.
    pub(super) fn end_all(&mut self, mut ended: impl FnMut(&mut V)) {
        self.by_key.clear();
        self.by_test.clear();
        for nest in self.open.iter_mut().filter(|nest| !nest.ended) {
            nest.ended = true;
            ended(&mut nest.value);
        }
    }

    /// Closes the innermost, where it has ended.
    pub(super) fn close(&mut self) -> Option<V> {
        self.open.pop_if(|nest| nest.ended).map(|nest| nest.value)
    }

    fn end_at(&mut self, place: usize) -> Option<&mut V> {
        let nest = self.open.get_mut(place)?;
        nest.ended = true;
        if let Some(places) = self.by_key.get_mut(&nest.key) {
            places.remove(&place);
            if places.is_empty() {
                self.by_key.remove(&nest.key);
            }
        }
        if let Some(test) = &nest.test
            && let Some(places) = self.by_test.get_mut(test)
        {
            places.remove(&place);
            if places.is_empty() {
                self.by_test.remove(test);
            }
        }
        Some(&mut nest.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_ended_closes_with_what_it_holds() {
        let mut stack = NestStack::default();
        let (one, two): (Arc<str>, Arc<str>) = ("one".into(), "two".into());
        for (key, test) in [("a", None), ("b", Some(&one)), ("a", Some(&two)), ("c", Some(&one))] {
            stack.open(key, test, format!("{key} of {test:?}"));
        }
        assert_eq!(stack.newest(&"a").unwrap(), "a of Some(\"two\")");
        assert!(stack.end(&"a").is_some() && stack.close().is_none());
        assert_eq!(stack.newest(&"a").unwrap(), "a of None");
        let mut ended = Vec::new();
        stack.end_test(&one, |value| ended.push(value.clone()));
        assert_eq!(ended, ["b of Some(\"one\")", "c of Some(\"one\")"]);
        assert_eq!(std::iter::from_fn(|| stack.close()).count(), 3);
        assert!(stack.end(&"b").is_none());
        stack.end_all(|value| value.push('!'));
        assert_eq!(stack.close().unwrap(), "a of None!");
    }
}
