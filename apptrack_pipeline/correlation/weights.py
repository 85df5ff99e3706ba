"""The table of weights and thresholds: every number that decides about a link, in one place.

Weights are log2 likelihood ratios ("bits", Fellegi and Sunter 1969): +1 means twice as likely where the mail
is about the application as where it is not. Those of thread, posting, company, title and date follow a
simulation (24 users, 60 applications and 150 mails each; learned on half of them), rounded and made monotone.
Nothing known is no evidence: 0 bits, never a half.

A link needs all of: a stage with one hit, `LINK_POSTERIOR`, and `LINK_MARGIN` bits to the next candidate.
"""

from __future__ import annotations

from typing import Final

from apptrack_pipeline.correlation.titles import TitleMatch

LINK_POSTERIOR: Final = 0.95
"""Least probability, among all candidates and "none", with which a mail is linked without a person."""
LINK_MARGIN: Final = 4.0
"""Least bits between the best candidate and the next: sixteen times as likely."""
REVIEW_POSTERIOR: Final = 0.50
"""Least probability of all candidates together with which a person is asked."""

NONE_BITS: Final = 4.0
"""Weight of "none of them": a mail that names a tracked employer and nothing else is of another role, or of
the employer's shop, one time in sixteen before anything else is known."""

# -- stage 1: direct -------------------------------------------------------------------------------------
TAG_BITS: Final = 20.0
POSTING_BITS: Final = 15.3
OTHER_POSTING_BITS: Final = -3.0
"""The mail links a posting, and it is another one: mails also link similar jobs."""
REQUISITION_BITS: Final = 12.0
"""Numbers are unique within an employer only: two of them may have an R-00123."""
OTHER_REQUISITION_BITS: Final = -9.0

# -- stage 2: thread -------------------------------------------------------------------------------------
REPLY_BITS: Final = 15.3
"""The mail refers to a linked one by its Message-ID."""
THREAD_BITS: Final = 9.0
"""Gmail's thread alone: it also groups equal subjects of one sender, so two receipts of two roles."""
OTHER_REPLY_BITS: Final = -8.7
OTHER_THREAD_BITS: Final = -3.0

# -- company ---------------------------------------------------------------------------------------------
COMPANY_EXACT_BITS: Final = 7.6
COMPANY_HIGH_BITS: Final = 6.8
SENDER_EXACT_BITS: Final = 6.5
"""Only the sender's domain, tenant or display name is the company's: the mail itself names none."""
SENDER_HIGH_BITS: Final = 5.8
COMPANY_SHORTER_BITS: Final = 3.5
"""One name begins the other ("Tidewater", "Tidewater Credit Union"): linked only where the title is named."""
COMPANY_DIFFERENT_BITS: Final = -7.9

# -- title -----------------------------------------------------------------------------------------------
TITLE_BITS: Final = {
    TitleMatch.EXACT: 8.2,
    TitleMatch.HIGH: 6.1,
    TitleMatch.MID: 1.6,
    TitleMatch.LOW: -5.5,
    TitleMatch.UNKNOWN: 0.0,
}
TITLE_MENTIONED_BITS: Final = 5.0
"""The mail names no title where titles stand, and its text holds this one."""
TITLE_IN_FULL_BITS: Final = 7.6
"""Where titles stand it is cut, and the text holds this one in full."""
SIBLING_TITLE_BITS: Final = -5.0
"""The mail's title is nearer, by `TITLE_MARGIN` points of 100, to that of another role at this employer."""
TITLE_MARGIN: Final = 5.0
"""Measured on 706 choices between roles of one employer: 99 % right with this margin, 93 % without."""
LOCATION_BITS: Final = 4.5
"""The mail names the place of this role, and another role of the same title is elsewhere."""
OTHER_LOCATION_BITS: Final = -4.0

# -- date ------------------------------------------------------------------------------------------------
PRECEDES_DAYS: Final = 1.0
"""A mail that is older than the application by more than this is not about it."""
LATE_CAPTURE_DAYS: Final = 14.0
"""Where the date is only that of the capture, a mail of these days before goes to a person instead."""
CONFIRMATION_DATE_BITS: Final[tuple[tuple[float, float], ...]] = (
    (1.0, 4.5),
    (3.0, 2.7),
    (7.0, 1.0),
    (14.0, -1.0),
    (45.0, -5.0),
)
"""Days after the application, and bits up to there; a receipt comes within minutes, seldom days."""
BEFORE_DATE_BITS: Final = 2.0
"""Some hours before the application's date: dates are of another time zone, or of the day after."""
LATE_CONFIRMATION_BITS: Final = -10.0
OTHER_DATE_BITS: Final[tuple[tuple[float, float], ...]] = ((90.0, 2.7), (180.0, 0.0), (365.0, -2.5))
VERY_LATE_BITS: Final = -6.0
UNDATED_BITS: Final = 1.5
"""Nobody said when the person applied; the mail came after the first evidence."""
OTHER_DAY: Final = 1.5
"""Days by which another application at this employer must be nearer, to count against this one."""
SIBLING_DATE_BITS: Final = -2.5
"""A receipt came on the day of another application at this employer, and days after this one."""
MINUTES_BITS: Final = 2.0
"""A receipt within the hour of an application whose time of day is known."""

# -- what is linked already ------------------------------------------------------------------------------
CLOSED_BITS: Final = -5.0
"""The application was closed before this mail: employers say no once, and a receipt is of a new one."""
CLOSED_FOLLOWUP_BITS: Final = -2.0
SECOND_RECEIPT_BITS: Final = -6.0
"""It has a receipt from this sender already: siblings are assigned one to one."""
SECOND_RECEIPT_ELSEWHERE_BITS: Final = -1.0
"""It has a receipt from another sender: a job board and the employer both send one."""

# -- the mail itself -------------------------------------------------------------------------------------
UNCERTAIN_BITS: Final = -1.5
"""What the mail is about is in doubt, so whether it is about an application is too."""
FOLLOWUP_BITS: Final = -0.5
"""Mail that reports nothing may be the employer's about anything."""
STRANGER_BITS: Final = -4.0
"""Such mail, and it comes from somebody else than the employer: newsletters and boards name employers too."""

# -- proposals -------------------------------------------------------------------------------------------
SAME_ROLE_DAYS: Final = 45.0
"""Two receipts for one role within these days are of one application; later it is a new one."""
SAME_EMPLOYER_DAYS: Final = 3.0
"""A receipt without a title belongs to the only proposal of that employer within these days."""
