use sha1::{Digest, Sha1};

/// The namespace of web addresses: 6ba7b811-9dad-11d1-80b4-00c04fd430c8.
const URL: [u8; 16] = [
    0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
];

/// The UUID of a web address, version 5 (RFC 9562): the same address has the same id for ever.
pub fn of_url(url: &str) -> String {
    let mut bytes = Sha1::new()
        .chain_update(URL)
        .chain_update(url)
        .finalize()
        .to_vec();
    bytes[6] = bytes[6] & 0x0f | 0x50;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex::encode(&bytes[..16]);
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    parts.join("-")
}
