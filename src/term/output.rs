//! A ratatui backend that gathers a frame and sends it in one write, bracketed as a synchronized update.
//!
//! Invariants: a frame that changes nothing writes nothing. The terminal is never asked where its cursor is. After a line
//! is found dead, nothing more is written to it.

use std::io;
use std::os::fd::AsFd;

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use super::session::size_of;
use super::strokes;

/// What a frame may have without the buffer growing, in bytes: a full repaint of 120x40 with room to spare.
const ROOM: usize = 64 * 1024;

/// A synchronized update: a terminal that knows it shows the frame at once, others ignore it.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// A line to a terminal, until it is dead.
#[derive(Debug)]
pub struct Line<F> {
    fd: F,
    dead: bool,
}

impl<F: AsFd> Line<F> {
    /// A line over a descriptor.
    pub fn new(fd: F) -> Self {
        Line { fd, dead: false }
    }

    /// Sends all bytes, in one write where the line takes them at once; waits where it is slow.
    ///
    /// # Errors
    ///
    /// The line is dead, now or already; then nothing more is tried.
    pub fn send(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        if self.dead {
            return Err(io::Error::new(io::ErrorKind::BrokenPipe, "the terminal is gone"));
        }
        while !bytes.is_empty() {
            let sent = match rustix::io::write(&self.fd, bytes) {
                Ok(0) => Err(Errno::IO),
                Ok(written) => {
                    bytes = &bytes[written..];
                    Ok(())
                }
                Err(Errno::INTR) => Ok(()),
                Err(Errno::AGAIN) => self.wait(),
                Err(error) => Err(error),
            };
            if let Err(error) = sent {
                self.dead = true;
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Waits until a line that somebody made non-blocking takes bytes again.
    fn wait(&self) -> Result<(), Errno> {
        let mut ready = [PollFd::new(&self.fd, PollFlags::OUT)];
        match poll(&mut ready, None) {
            Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error),
            Ok(_) if ready[0].revents().intersects(PollFlags::HUP | PollFlags::ERR) => Err(Errno::IO),
            Ok(_) => Ok(()),
        }
    }
}

/// The backend: one frame in memory, and the line it goes to.
#[derive(Debug)]
pub struct Output<F> {
    line: Line<F>,
    frame: Vec<u8>,
    cursor_shown: bool,
    cursor_at: Option<Position>,
    sent: u64,
}

impl<F: AsFd> Output<F> {
    /// A backend over a terminal whose cursor is hidden. Colours are written whatever the environment says: the theme
    /// decides them.
    pub fn new(fd: F) -> Self {
        Output { line: Line::new(fd), frame: Vec::with_capacity(ROOM), cursor_shown: false, cursor_at: None, sent: 0 }
    }

    /// Adds bytes that are no picture (the clipboard, the mouse) to the frame, so that they never fall into the middle
    /// of another one.
    pub fn add(&mut self, bytes: &[u8]) {
        self.frame.extend_from_slice(bytes);
    }

    /// Takes the cursor for hidden and its place for unknown: so it is after the terminal was entered anew.
    pub fn entered(&mut self) {
        (self.cursor_shown, self.cursor_at) = (false, None);
    }

    /// How many bytes were sent so far.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// The descriptor of the terminal.
    pub fn line(&self) -> &F {
        &self.line.fd
    }

    fn crossterm(&mut self) -> CrosstermBackend<&mut Vec<u8>> {
        CrosstermBackend::new(&mut self.frame)
    }
}

impl<F: AsFd> Backend for Output<F> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let before = self.frame.len();
        strokes::write(content, &mut self.frame);
        if self.frame.len() > before {
            self.cursor_at = None;
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.cursor_shown, false) {
            return Ok(());
        }
        self.crossterm().hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.cursor_shown, true) {
            return Ok(());
        }
        self.crossterm().show_cursor()
    }

    /// The last known place; the terminal is not asked.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor_at.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let position = position.into();
        if self.cursor_at.replace(position) == Some(position) {
            return Ok(());
        }
        self.crossterm().set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.crossterm().clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        let size = size_of(&self.line.fd);
        Ok(Size::new(size.columns, size.rows))
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::ZERO })
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.frame.is_empty() {
            return Ok(());
        }
        self.frame.splice(0..0, BEGIN.iter().copied());
        self.frame.extend_from_slice(END);
        let sent = self.line.send(&self.frame);
        self.sent += self.frame.len() as u64;
        self.frame.clear();
        self.frame.shrink_to(ROOM);
        sent
    }
}

#[cfg(test)]
mod tests;
