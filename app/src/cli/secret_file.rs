//! Where the gateway's secret comes from: a setting, or a file that only its owner may read.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::kernel::Secret;
use crate::kernel::entropy::Entropy;
use crate::settings::Settings;

/// The secret, or none where there is no file yet.
///
/// # Errors
/// When the setting or the file holds no secret, or the file cannot be read. No message repeats it.
pub fn read(settings: &Settings) -> Result<Option<Secret>, String> {
    if !settings.secret.is_empty() {
        let secret = Secret::parse(&settings.secret);
        return secret
            .map(Some)
            .map_err(|e| format!("In ALDGATE_SECRET, {e}."));
    }
    let file = place(settings);
    match std::fs::read_to_string(&file) {
        Ok(text) => Secret::parse(&text)
            .map(Some)
            .map_err(|e| format!("In {}, {e}.", file.display())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(format!("{} cannot be read: {e}", file.display())),
    }
}

/// Makes a secret and writes it to its file, which must not be there. Only the owner may read it.
///
/// # Errors
/// When the setting gives a secret, or the file is there or cannot be written.
pub fn make(settings: &Settings, entropy: &Entropy) -> Result<Secret, String> {
    if !settings.secret.is_empty() {
        return Err("The setting secret gives a secret: change it there.".to_owned());
    }
    let file = place(settings);
    let cannot = |e: std::io::Error| format!("{} cannot be written: {e}", file.display());
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(cannot)?;
    }
    let secret = Secret::random(entropy);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut open = options.open(&file).map_err(cannot)?;
    let written = writeln!(open, "{}", secret.to_text());
    // Keys are used at once: the secret must be on the disk before anything they sign.
    written.and_then(|()| open.sync_all()).map_err(cannot)?;
    Ok(secret)
}

/// The file of the secret.
pub fn place(settings: &Settings) -> PathBuf {
    if settings.secret_file.is_empty() {
        settings.data.join("secret")
    } else {
        PathBuf::from(&settings.secret_file)
    }
}

/// Whether others than its owner may read or write the file.
pub fn is_open_to_others(file: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::metadata(file).is_ok_and(|m| m.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        false
    }
}
