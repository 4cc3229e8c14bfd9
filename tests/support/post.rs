//! A mail server on this machine that keeps what it is sent.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use mailin::response::{INTERNAL_ERROR, NO_MAILBOX, OK};
use mailin::{Action, Handler, Response, SessionBuilder};
use mailparse::MailHeaderMap as _;

/// An e-mail as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// As it came.
    pub raw: Vec<u8>,
}

#[derive(Clone, Default)]
struct Box {
    received: Arc<Mutex<Vec<Received>>>,
    refuses: Arc<AtomicBool>,
    knows_nobody: Arc<AtomicBool>,
    to: String,
    data: Vec<u8>,
}

pub struct Post {
    pub address: SocketAddr,
    kept: Box,
}

impl Post {
    pub fn open() -> Post {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let kept = Box::default();
        let given = kept.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = given.clone();
                std::thread::spawn(move || talk(stream, kept));
            }
        });
        Post { address, kept }
    }

    /// The setting that sends e-mail here.
    pub fn setting(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// From now on no mailbox is known here, or all are again.
    pub fn know_nobody(&self, nobody: bool) {
        self.kept.knows_nobody.store(nobody, Ordering::SeqCst);
    }

    /// From now on every e-mail is refused for a while, or taken again.
    pub fn refuse(&self, refuse: bool) {
        self.kept.refuses.store(refuse, Ordering::SeqCst);
    }

    /// What has come, by address and subject; the box is empty afterwards.
    pub fn take(&self) -> Vec<Received> {
        let mut received = std::mem::take(&mut *self.kept.received.lock().expect("not poisoned"));
        received.sort_by(|a, b| (&a.to, &a.subject).cmp(&(&b.to, &b.subject)));
        received
    }
}

fn talk(mut stream: TcpStream, kept: Box) {
    let peer = stream.peer_addr().expect("a peer").ip();
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let mut session = SessionBuilder::new("post.example").build(peer, kept);
    let answer = |stream: &mut TcpStream, response: &Response| {
        response.write_to(stream).is_ok() && stream.flush().is_ok()
    };
    if !answer(&mut stream, &session.greeting()) {
        return;
    }
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
        let response = session.process(&line);
        line.clear();
        match response.action {
            Action::NoReply => {}
            Action::Reply if answer(&mut stream, &response) => {}
            _ => {
                answer(&mut stream, &response);
                return;
            }
        }
    }
}

impl Handler for Box {
    fn rcpt(&mut self, to: &str) -> Response {
        self.to = to.to_owned();
        if self.knows_nobody.load(Ordering::SeqCst) {
            NO_MAILBOX
        } else if self.refuses.load(Ordering::SeqCst) {
            INTERNAL_ERROR
        } else {
            OK
        }
    }

    fn data(&mut self, line: &[u8]) -> std::io::Result<()> {
        self.data.extend_from_slice(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let data = std::mem::take(&mut self.data);
        let mail = mailparse::parse_mail(&data).expect("an email");
        self.received.lock().expect("not poisoned").push(Received {
            to: self.to.clone(),
            subject: mail.headers.get_first_value("Subject").expect("a subject"),
            text: part(&mail, "text/plain"),
            html: part(&mail, "text/html"),
            raw: data,
        });
        OK
    }
}

fn part(mail: &mailparse::ParsedMail<'_>, kind: &str) -> String {
    let mut parts = mail.parts();
    let part = parts.find(|part| part.ctype.mimetype == kind);
    let body = part.expect("a part of this kind").get_body();
    body.expect("a text").replace("\r\n", "\n")
}
