//! A register as a dataset: the UK cross-government metadata model over DCAT, as JSON-LD.

use serde_json::{Value, json};

use crate::LICENCE;

#[derive(Debug, Clone)]
pub struct Dataset {
    /// The name of the register in addresses.
    pub plural: String,
    pub title: String,
    pub summary: String,
    pub version: String,
    /// The day of the last change.
    pub modified: String,
    /// The address of the organisation. The model's own list holds central bodies only, so that a council fails its check.
    pub publisher: String,
    /// A word of the frequency vocabulary, such as "irregular" or "monthly".
    pub frequency: String,
    pub contact_name: String,
    /// A mailbox of a team.
    pub contact: String,
}

impl Dataset {
    /// `base` is the address of the service, without a slash at its end.
    pub fn json_ld(&self, base: &str) -> Value {
        let address = format!("{base}/open/{}", self.plural);
        let publisher = json!({ "@id": self.publisher });
        let file = |ending: &str, title: &str, media_type: &str| {
            let file = format!("{address}.{ending}");
            json!({
                "@id": file,
                "@type": "dcat:Distribution",
                "dct:title": title,
                "dct:license": { "@id": LICENCE },
                "dcat:mediaType": media_type,
                "dcat:downloadURL": { "@id": file },
            })
        };
        json!({
            "@context": {
                "dcat": "http://www.w3.org/ns/dcat#",
                "dct": "http://purl.org/dc/terms/",
                "vcard": "http://www.w3.org/2006/vcard/ns#",
                "freq": "http://purl.org/cld/freq/",
            },
            "@id": address,
            "@type": "dcat:Dataset",
            "dct:identifier": address,
            "dct:title": self.title,
            "dct:description": self.summary,
            "dct:license": { "@id": LICENCE },
            "dcat:version": self.version,
            "dct:accessRights": "OPEN",
            "dct:modified": self.modified,
            "dct:creator": publisher,
            "dct:publisher": publisher,
            "dct:accrualPeriodicity": { "@id": format!("freq:{}", self.frequency) },
            "dcat:contactPoint": {
                "@type": "vcard:Kind",
                "vcard:fn": self.contact_name,
                "vcard:hasEmail": { "@id": format!("mailto:{}", self.contact) },
            },
            "dcat:distribution": [
                file("csv", "Table", "text/csv"),
                file("json", "JSON", "application/json"),
            ],
        })
    }
}
