//! The terminal while the program has it: draws frames, lends it to another program, stops for the shell, gives it back.
//!
//! Invariant: a frame is drawn only on a terminal that is ours; after anybody else had it, everything is drawn anew.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use ratatui::{Frame, Terminal};

use super::clipboard::{self, TooLarge};
use super::guard::{self, Guard};
use super::input::{Input, Reader};
use super::output::Output;
use super::{signals, suspend};

/// The terminal, taken.
pub struct Screen {
    // In this order they are dropped: nothing reads any more when the terminal is given back.
    reader: Reader,
    guard: Option<Guard>,
    terminal: Terminal<Output<OwnedFd>>,
    input: OwnedFd,
    mouse: bool,
    tmux: bool,
}

impl Screen {
    /// Takes the terminal of standard input and output, and hands what comes from it to `sink` until that says `false`.
    ///
    /// # Errors
    ///
    /// There is no terminal, or it is gone.
    pub fn open(mouse: bool, tmux: bool, sink: impl FnMut(Input) -> bool + Send + 'static) -> io::Result<Screen> {
        Screen::over(io::stdin().as_fd(), io::stdout().as_fd(), mouse, tmux, sink)
    }

    /// Takes the terminal whose keys come from `input` and whose screen is `output`.
    fn over(
        input: impl AsFd,
        output: impl AsFd,
        mouse: bool,
        tmux: bool,
        sink: impl FnMut(Input) -> bool + Send + 'static,
    ) -> io::Result<Screen> {
        guard::install_panic_hook();
        let input = input.as_fd().try_clone_to_owned()?;
        let output = output.as_fd().try_clone_to_owned()?;
        let guard = Guard::enter(&input, &output, mouse)?;
        let reader = Reader::start(input.try_clone()?, sink)?;
        let terminal = Terminal::new(Output::new(output))?;
        Ok(Screen { reader, guard: Some(guard), terminal, input, mouse, tmux })
    }

    /// Draws a frame: what changed since the last one, in one write; nothing where nothing changed.
    ///
    /// # Errors
    ///
    /// The terminal is gone.
    pub fn draw(&mut self, picture: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.terminal.draw(picture).map(|_| ())
    }

    /// Makes the next frame a whole one.
    ///
    /// # Errors
    ///
    /// The terminal is gone.
    pub fn redraw(&mut self) -> io::Result<()> {
        self.terminal.clear()
    }

    /// Sends `text` to the terminal's clipboard with the next frame.
    ///
    /// # Errors
    ///
    /// The text is too large; nothing is sent.
    pub fn copy(&mut self, text: &str) -> Result<(), TooLarge> {
        self.terminal.backend_mut().add(&clipboard::sequence(text, self.tmux)?);
        Ok(())
    }

    /// Switches the mouse on or off with the next frame.
    pub fn set_mouse(&mut self, on: bool) {
        self.mouse = on;
        self.terminal.backend_mut().add(guard::mouse(on));
    }

    /// How many bytes were sent to the terminal so far.
    pub fn sent(&self) -> u64 {
        self.terminal.backend().sent()
    }

    /// Lends the terminal, as it was found, to `work` (an editor), and takes it again.
    ///
    /// # Errors
    ///
    /// The terminal is gone afterwards; what `work` gave is lost with it.
    pub fn lend<T>(&mut self, work: impl FnOnce() -> T) -> io::Result<T> {
        self.give_back();
        signals::set_lent(true);
        let done = work();
        signals::set_lent(false);
        self.take()?;
        Ok(done)
    }

    /// Stops the program for the shell and takes the terminal again when it is continued.
    ///
    /// # Errors
    ///
    /// No shell could continue it ([`io::ErrorKind::Unsupported`], and nothing happened), or the terminal is gone.
    pub fn suspend(&mut self) -> io::Result<()> {
        if !suspend::has_shell() {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "no shell here could continue the program"));
        }
        self.give_back();
        let stopped = suspend::stop();
        self.take()?;
        stopped
    }

    /// Makes the terminal ours again after a stop that was not our own (SIGCONT), and the next frame a whole one.
    ///
    /// # Errors
    ///
    /// The terminal is gone.
    pub fn continued(&mut self) -> io::Result<()> {
        guard::reapply()?;
        let output = self.terminal.backend_mut();
        output.entered();
        output.add(guard::entering());
        if self.mouse {
            self.set_mouse(true);
        }
        self.redraw()
    }

    fn give_back(&mut self) {
        self.reader.pause();
        self.guard = None;
    }

    fn take(&mut self) -> io::Result<()> {
        let output = self.terminal.backend_mut();
        self.guard = Some(Guard::enter(&self.input, output.line(), self.mouse)?);
        output.entered();
        self.redraw()?;
        self.reader.resume();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;
    use crate::term::testing::{Pty, alone, until};

    fn shown(pty: &Pty) -> vt100::Parser {
        let mut terminal = vt100::Parser::new(24, 80, 0);
        terminal.process(&pty.written());
        terminal
    }

    #[test]
    fn a_terminal_lent_and_taken_again_shows_the_whole_picture_again() {
        let _alone = alone();
        let mut pty = Pty::open(80, 24);
        let line = pty.line();
        let (sender, inputs) = mpsc::channel();
        let mut screen = Screen::over(&line, &line, false, false, move |input| sender.send(input).is_ok()).unwrap();
        let draw = |screen: &mut Screen| screen.draw(|frame| frame.render_widget("the desk", frame.area())).unwrap();
        draw(&mut screen);
        until("the desk is shown", || shown(&pty).screen().contents().contains("the desk"));

        let typed = screen
            .lend(|| {
                until("the screen is given back", || !shown(&pty).screen().alternate_screen());
                pty.press(b"for the editor\r");
                let mut typed = [0; 64];
                rustix::io::read(&line, &mut typed).unwrap()
            })
            .unwrap();
        assert_eq!(typed, "for the editor\n".len(), "the editor gets the keys, and whole lines");

        draw(&mut screen);
        until("the desk is shown again", || {
            let terminal = shown(&pty);
            terminal.screen().alternate_screen() && terminal.screen().contents().contains("the desk")
        });
        pty.press(b"q");
        assert_eq!(inputs.recv_timeout(Duration::from_secs(10)), Ok(Input::Key("q".parse().unwrap())));

        let before = screen.sent();
        draw(&mut screen);
        assert_eq!(screen.sent(), before, "an unchanged frame costs nothing");
        screen.continued().unwrap();
        draw(&mut screen);
        assert!(screen.sent() > before + 8, "after a stop everything is drawn anew");
        drop(screen);
        until("the screen is given back", || !shown(&pty).screen().alternate_screen());
    }

    #[test]
    fn the_clipboard_and_the_mouse_go_with_a_frame_or_alone() {
        let _alone = alone();
        let pty = Pty::open(80, 24);
        let line = pty.line();
        let mut screen = Screen::over(&line, &line, false, false, |_| true).unwrap();
        screen.copy("foo").unwrap();
        screen.set_mouse(true);
        screen.draw(|_| ()).unwrap();
        until("they arrive", || {
            let written = String::from_utf8_lossy(&pty.written()).into_owned();
            written.contains("\x1b]52;c;Zm9v\x07") && written.contains("\x1b[?1006h")
        });
        assert!(screen.copy(&"x".repeat(clipboard::LARGEST + 1)).is_err());
    }
}
