//! How much one rule may cost.

/// Limits of the sandbox. The defaults let a rule go through a few hundred entries of a
/// form and end the worst rule that was found in well under a second, in an unoptimised
/// build too; the product of `operations` and the sizes is what counts for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Steps of one evaluation: about one a name, number, operator or call.
    pub operations: u64,
    /// Functions calling functions.
    pub call_depth: usize,
    /// Expressions within expressions. Each level costs stack, also while parsing.
    pub expression_depth: usize,
    /// The same within the functions of a script; it counts once for each call in progress.
    pub function_expression_depth: usize,
    /// Bytes of text in one value, everything within it included.
    pub string_bytes: usize,
    /// Elements of lists in one value, everything within it included.
    pub array_items: usize,
    /// Entries of objects in one value, everything within it included.
    pub map_entries: usize,
    /// Variables alive at once, the data paths that the rule reads included.
    pub variables: usize,
    /// Functions that a script may define, closures included.
    pub functions: usize,
    /// Bytes of the text of an expression.
    pub expression_bytes: usize,
    /// Bytes of the text of a script.
    pub script_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            operations: 100_000,
            call_depth: 16,
            expression_depth: 64,
            function_expression_depth: 32,
            string_bytes: 64 * 1024,
            array_items: 10_000,
            map_entries: 20_000,
            variables: 256,
            functions: 64,
            expression_bytes: 8 * 1024,
            script_bytes: 64 * 1024,
        }
    }
}
