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

/** The answers about the whole agreement, by section. */
export const agreement = {
  'About this agreement': {
    'Which theme or programme is it part of?': 'Emergencies and fire',
    'Which areas does it cover?': 'Camden, E09000007',
    'Is there only one party that decides how the data is used?': 'No',
  },
  Purpose: {
    'What do you want to achieve?': 'We want to offer a fire safety visit to each person in care who is at high risk of a fire at home.',
    'How will the data help you to do that?': 'The fire service will know which homes to visit first.',
    'What is the data for?': ['Fire safety'],
    'How will this help the public?': [{ choose: 'Better public services', say: 'Visits go first to the homes that need them most.' }],
    'What happens if the data is not shared?': 'People at high risk will be missed.',
    'Is the data shared once or again and again?': 'Again and again',
    'Is it about named people or about groups?': 'Named people, case by case',
    'Is any of this to prevent, investigate or prosecute crime?': 'No',
  },
  'The data': {
    'Is the data about people?': 'Yes, people can be picked out',
    'Is any of it criminal offence data?': 'No',
    'Who is the data about?': ['Adults who may be at risk'],
    'Are any of the people under 18?': 'No',
    'What kinds of data are shared?': ['Names, birth dates and contact details'],
    'List each item of data, why you need it, and the least detail that will do': {
      rows: [
        { Item: 'Name and address', 'Why it is needed': 'To find the home and ask for the person' },
        { Item: 'Telephone number', 'Why it is needed': 'To agree a time for the visit' },
      ],
    },
    'Was any of it told in confidence?': 'No',
    'Is any of it commercially confidential?': 'No',
    'Was the data first collected for something else?': 'No',
  },
  'How the data is used': {
    'Does a computer help to make decisions about people?': 'No',
    'Will the data be used to promote something?': 'No',
    'Will any of the data leave the UK?': 'No',
    'Have you done a data protection impact assessment (DPIA)?': 'We asked if we need one, and the answer was no',
    'Attach the impact assessment or the screening': pdf('screening.pdf'),
    'What did the impact assessment or the screening find?': 'Small numbers, plain data and a benefit to each person: the risk is low.',
  },
  'Keeping data safe': {
    'How is the data sent and kept safe, and who can see it?': 'By secure file transfer, encrypted, to two named officers.',
    'Sum this up for the public, without helping an attacker': 'The data is encrypted. Only trained staff can open it.',
    'If data is lost or leaked, who tells whom, and how fast?': 'Whoever finds it calls the other party at once. The regulator is told within 72 hours if people may be harmed.',
  },
  'Running the agreement': {
    'When does it start?': { day: '1 1 2027' },
    'When will you look at it again?': { day: '1 1 2028' },
  },
};

/** The answers of each party. */
export function party(organisation, direction) {
  return {
    'Who takes part': {
      'What part does this party play in law?': 'It decides for itself why and how it uses the data (controller)',
      'Does this party give data, get data or both?': direction,
      "How do people reach this party's data protection officer?": `dpo@${organisation.site}.example`,
    },
    'Power to share': { 'Does this party have a legal power or duty to do this?': 'Yes' },
    'Data protection law for each party': {
      "What is this party's reason in law to use the data (Article 6)?": ['Public task (e)'],
      'What is the public task, and which law gives it to this party?': 'Promoting fire safety, Fire and Rescue Services Act 2004 section 6.',
    },
    'Telling people and their rights': {
      "Does this party's privacy notice tell people about this sharing?": 'Yes',
      'Where can people read the privacy notice?': `https://www.${organisation.site}.example/privacy`,
      'Who answers when people ask to see, correct or object to the data, and how are partners told of changes?': 'The information team answers and tells partners within two days.',
      'How can people complain to this party?': `Write to complaints@${organisation.site}.example.`,
    },
    'Keeping and deleting': {
      'How long does this party keep the data?': '1 year after the visit',
      'How and when is the data deleted, copies too, and how can this party prove it?': 'The system deletes it each month and keeps a log.',
    },
  };
}

/** The answers of the one data flow. */
export const flow = {
  'What do you call this data flow?': 'Weekly list of homes to visit',
  'Who sends the data?': [camden.name],
  'Who gets the data?': [fire.name],
  'How often does it move?': 'Each week',
  'How is it sent?': 'Secure file transfer (SFTP)',
  'Will the receiver pass the data on to anyone else?': 'No',
};

/** What the law asks because of those answers, by prompt, with the answer that clears it. */
export const asked = {
  'Who signs': {
    'Who signs for each party, and has each one paid its data protection fee?':
      `${camden.name}, ${camden.officer}, Director of Care, ${camden.fee}. ${fire.name}, ${fire.officer}, Deputy Commissioner, ${fire.fee}.`,
  },
  'Why it is needed': {
    'Why can you not do this with less data, fewer people or figures only?':
      'A visit needs an address. Figures for an area would not say whose home is at risk.',
  },
  'Power for fire safety': {
    'Which power does the giver use for fire safety, and what is the least it can share?':
      'Care Act 2014 section 6. Name, address and telephone number only.',
  },
  [`Record of processing: ${camden.name}`]: { 'Has this party added the sharing to its record of what it does with data?': 'Yes' },
  [`Record of processing: ${fire.name}`]: { 'Has this party added the sharing to its record of what it does with data?': 'Yes' },
  'Equality check': {
    'Could the sharing treat some groups worse, and what do you do about it?':
      'Older and disabled people gain most. Letters come in easy read and other languages.',
  },
};
