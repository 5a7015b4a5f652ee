//! What has begun and has not ended, found at once however much of it there is.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// Open items, several of which may have the same key.
#[derive(Debug)]
pub(super) struct OpenItems<K, V> {
    /// By the order in which they began.
    items: BTreeMap<u64, V>,
    by_key: HashMap<K, Vec<u64>>,
    next: u64,
}

impl<K, V> Default for OpenItems<K, V> {
    fn default() -> Self {
        Self {
            items: BTreeMap::new(),
            by_key: HashMap::new(),
            next: 0,
        }
    }
}

impl<K: Eq + Hash, V> OpenItems<K, V> {
    pub(super) fn begin(&mut self, key: K, value: V) {
        self.items.insert(self.next, value);
        self.by_key.entry(key).or_default().push(self.next);
        self.next += 1;
    }

    /// The newest with this key.
    pub(super) fn newest(&mut self, key: &K) -> Option<&mut V> {
        let number = self.by_key.get(key)?.last()?;
        self.items.get_mut(number)
    }

    pub(super) fn has(&self, key: &K) -> bool {
        self.by_key.contains_key(key)
    }

    /// The newest of all.
    pub(super) fn last(&mut self) -> Option<&mut V> {
        self.items
            .last_entry()
            .map(std::collections::btree_map::OccupiedEntry::into_mut)
    }

    /// The newest with this key ends. Returns it with those that began before it and are open, the newest first.
    pub(super) fn end(&mut self, key: &K) -> Option<(V, impl Iterator<Item = &V>)> {
        let numbers = self.by_key.get_mut(key)?;
        let number = numbers.pop()?;
        if numbers.is_empty() {
            self.by_key.remove(key);
        }
        let value = self.items.remove(&number)?;
        Some((value, self.items.range(..number).rev().map(|(_, value)| value)))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// All of them, the oldest first.
    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.items.values()
    }

    /// The same, for good.
    pub(super) fn into_values(self) -> impl Iterator<Item = V> {
        self.items.into_values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_of_a_key_ends_first() {
        let mut open = OpenItems::default();
        for (key, value) in [("a", 1), ("b", 2), ("a", 3), ("c", 4)] {
            open.begin(key, value);
        }
        assert_eq!(open.newest(&"a"), Some(&mut 3));
        assert_eq!(open.newest(&"d"), None);
        assert_eq!(open.last(), Some(&mut 4));
        let mut ended = |key| {
            open.end(&key)
                .map(|(value, before)| (value, before.copied().collect::<Vec<_>>()))
        };
        assert_eq!(ended("a"), Some((3, vec![2, 1])));
        assert_eq!(ended("a"), Some((1, vec![])));
        assert_eq!(ended("a"), None);
        assert_eq!(open.into_values().collect::<Vec<_>>(), [2, 4]);
    }
}
