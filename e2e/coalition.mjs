// Two made-up sets of people, and everything they answer, for the journey.

const FILE = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');

/** A file to attach. */
export function pdf(name) {
  return { file: { name, mimeType: 'application/pdf', buffer: FILE } };
}

export const camden = {
  name: 'London Borough of Camden',
  kind: 'Council or London borough',
  area: 'E09000007',
  fee: 'Z1234567',
  site: 'camden',
  author: 'Asha Patel',
  protection: 'Daniel Okafor',
  officer: 'Ruth Feldman',
};

export const fire = {
  name: 'London Fire Brigade',
  kind: 'Fire and rescue service',
  area: 'London',
  fee: 'ZA765432',
  site: 'fire',
  author: 'Grace Bell',
  protection: 'Tomasz Nowak',
  officer: 'Imani Clarke',
};

/** The assurance statement, by section. */
export function assurance(organisation) {
  return {
    'Data protection fee': {
      'Has your organisation paid the fee?': 'Yes',
      'What is the registration number?': organisation.fee,
      'When does the registration run out?': { day: '31 3 2030' },
    },
    'NHS data security toolkit': { 'What is your latest result in the toolkit?': 'We do not have to take part' },
    'Cyber Essentials': {
      'Do you hold Cyber Essentials?': 'Cyber Essentials Plus',
      'What is the certificate number?': 'CE-100200',
      'When does the certificate run out?': { day: '1 6 2030' },
      'Attach the certificate': pdf('cyber-essentials-plus.pdf'),
    },
    'Other security standards': { 'Are you certified to ISO 27001?': 'No' },
    'Training and policies': {
      'Do all staff who use personal data have training each year?': 'Yes',
      'Which written policies do you have?': ['Data protection', 'Information security', 'Complaints about data'],
    },
    Contacts: {
      'Who is your data protection officer?': organisation.protection,
      "What is the data protection officer's email address?": `dpo@${organisation.site}.example`,
      'Which email address do partners use when data is lost or leaked?': `incidents@${organisation.site}.example`,
    },
    'This statement': { 'When should this statement be renewed?': { day: '1 4 2030' } },
  };
}

export const title = 'Home fire safety visits for people with care needs';
