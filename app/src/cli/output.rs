//! Standard output and standard error of the commands. Whoever reads them may stop early, as `| head` does: then a
//! command goes on without a word, does all it was asked for, and ends with the exit code it would have had.

use std::fmt::Arguments;
use std::io::{ErrorKind, Result, Write};

/// What a command writes as bytes: goes nowhere once nobody reads any more.
pub struct Unread<W>(pub W);

impl<W: Write> Write for Unread<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        match self.0.write(bytes) {
            Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(bytes.len()),
            written => written,
        }
    }

    fn flush(&mut self) -> Result<()> {
        match self.0.flush() {
            Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
            flushed => flushed,
        }
    }
}

/// # Panics
/// As std's macros do, when it cannot be written for another reason, such as a full disk.
pub fn write(to: impl Write, what: Arguments<'_>) {
    if let Err(e) = Unread(to).write_fmt(what) {
        panic!("cannot print: {e}");
    }
}

// They take the place of std's macros of the same names, which panic when nobody reads any more.
macro_rules! print {
    ($($what:tt)*) => { $crate::cli::output::write(std::io::stdout().lock(), format_args!($($what)*)) };
}
macro_rules! println {
    ($($what:tt)*) => {
        $crate::cli::output::write(std::io::stdout().lock(), format_args!("{}\n", format_args!($($what)*)))
    };
}
macro_rules! eprintln {
    ($($what:tt)*) => {
        $crate::cli::output::write(std::io::stderr().lock(), format_args!("{}\n", format_args!($($what)*)))
    };
}
