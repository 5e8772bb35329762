"""Write an alert as a mail: text, HTML and pictures in one message that any reader can show.

alert, findings → contents → templates → message. Pure: the same alert gives the same bytes.
Nothing of a post reaches a header but by way of ``plain``, which has no line ends.
"""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bunco.alert_options import MailOptions
from bunco.alerting import Alert, Outgoing, name_of
from bunco.alerts.contents import Contents

_POLICY = SMTP.clone(max_line_length=78, raise_on_defect=False)


def entry_id(alert: str, recipient: str) -> str:
    """Give the id of an alert on its way to a recipient: what its Message-ID is made of."""
    return name_of("mail", alert, recipient)


def outgoing(alert: Alert, contents: Contents, recipient: str, options: MailOptions) -> Outgoing:
    """Write the message.

    Args:
        alert: as it was decided; its time is the mail's date.
        contents: what it says.
        recipient: an address, or empty.
        options: who sends it.
    """
    text, page = rendered(contents, is_mail=True)
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = contents.subject
    message["From"] = _address(options.sender_name, options.sender)
    message["To"] = _address("", recipient or options.sender)
    if options.reply_to:
        message["Reply-To"] = _address("", options.reply_to)
    message["Date"] = alert.at
    name = entry_id(alert.id, recipient)
    message["Message-ID"] = message_id(name, options)
    _thread(message, alert, recipient, options)
    host = _host(options)
    message["List-Id"] = f"bunco {alert.rule} <{alert.rule}.alerts.{host}>"
    message["List-Unsubscribe"] = f"<{contents.unsubscribe}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(page, subtype="html", cte="quoted-printable")
    _add_pictures(message, contents)
    _fix_boundaries(message, name)
    return Outgoing(
        id=name,
        sender=options.sender,
        recipient=recipient,
        subject=contents.subject,
        text=text,
        page=rendered(contents, is_mail=False)[1],
        mail=message.as_bytes(),
    )


def rendered(contents: Contents, *, is_mail: bool) -> tuple[str, str]:
    """Give the text and the HTML; outside of a mail the pictures stand in the HTML itself."""
    charts = [one.chart for one in contents.sections if one.chart is not None]
    if is_mail:
        pictures = {one.name: f"cid:{one.name}@bunco" for one in charts}
    else:
        from base64 import b64encode  # noqa: PLC0415  # for looking at mails alone

        pictures = {
            one.name: f"data:image/png;base64,{b64encode(one.png).decode()}" for one in charts
        }
    shown = {"c": contents, "pictures": pictures}
    text = _templates().get_template("mail.txt.j2").render(shown)
    return text.strip() + "\n", _templates().get_template("mail.html.j2").render(shown).strip()


def message_id(name: str, options: MailOptions) -> str:
    """Give the Message-ID of an entry."""
    return f"<{name}@{_host(options)}>"


def _thread(message: EmailMessage, alert: Alert, recipient: str, options: MailOptions) -> None:
    """Put mails about one group together: all refer to one root, which is never sent itself."""
    if not alert.thread:
        return
    root = message_id(name_of("mail", alert.thread, recipient), options)
    previous = ""
    if alert.previous:
        previous = message_id(entry_id(alert.previous, recipient), options)
    message["In-Reply-To"] = previous or root
    message["References"] = f"{root} {previous}".strip()


def _add_pictures(message: EmailMessage, contents: Contents) -> None:
    page = message.get_payload(1)
    if not isinstance(page, EmailMessage):
        raise TypeError("the alternative that was just added is a message")
    for section in contents.sections:
        if (chart := section.chart) is not None:
            page.add_related(
                chart.png,
                "image",
                "png",
                cid=f"<{chart.name}@bunco>",
                disposition="inline",
                filename=f"{chart.name}.png",
            )


def _fix_boundaries(message: EmailMessage, name: str) -> None:
    """Set the boundaries that Python would draw by lot: the same mail twice is the same."""
    multiparts = (part for part in message.walk() if part.is_multipart())
    for number, part in enumerate(multiparts):
        part.set_boundary(f"=_bunco_{name}_{number}")


def _address(name: str, address: str) -> Address:
    return Address(display_name=name, addr_spec=address)


def _host(options: MailOptions) -> str:
    return options.sender.rpartition("@")[2]


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=select_autoescape(("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
