//! Sheets that are imported and files that are attached.
#![no_main]

use aldgate::features::imports::sheet;
use aldgate::records::pages::file_types::media_type;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, bool, &[u8])| {
    let (which, with_heading, bytes) = input;
    let mut file = Vec::new();
    if with_heading {
        file.extend(sheet::COLUMNS.join("\t").bytes());
        file.push(b'\n');
    }
    file.extend(bytes);
    let _ = sheet::read(&file);
    let endings = ["pdf", "docx", "xlsx", "odt", "ods", "png", "jpg", "txt", "csv", "exe"];
    let ending = endings[usize::from(which) % endings.len()];
    let _ = media_type(&format!("file.{ending}"), bytes);
});
