"""What the codes of the ledger are called on pages."""

from collections.abc import Mapping

PHASES: Mapping[str, str] = {
    "draft": "Looking for sponsors",
    "deliberation": "Being discussed",
    "balloting": "Being voted on",
    "counting": "Being counted",
    "drawing": "A tie is being drawn",
    "passed": "Passed, can be challenged",
    "stayed": "Passed, but contested",
    "executed": "Passed and done",
    "sent_back": "Passed, but impossible to carry out",
    "failed": "Not passed",
    "withdrawn": "Withdrawn",
    "annulled": "Annulled",
}

STANDINGS: Mapping[str, str] = {
    "applicant": "Applicant",
    "probation": "On probation",
    "member": "Member",
    "lapsed": "Resting member",
    "suspended": "Suspended",
    "exited": "Has left",
    "moved": "Has moved elsewhere",
    "expelled": "Expelled",
    "refused": "Not admitted",
    "withdrawn": "Withdrew the application",
}

CUSTODY: Mapping[str, str] = {
    "member": "by a key that only they hold",
    "server": "by a key that their server keeps for them",
    "none": "by their account elsewhere, on the word of this server",
}

EFFECTS: Mapping[str, str] = {
    "Resolve": "To resolve something in words",
    "Admit": "To admit somebody",
    "Confirm": "To end a probation",
    "Suspend": "To suspend a member",
    "Reinstate": "To take somebody back",
    "Expel": "To expel a member",
    "Appoint": "To give somebody an office",
    "Recall": "To take an office from somebody",
    "Amend": "To change the charter",
    "Rules": "To change the rules of the software",
    "PublicFace": "To change what the phyle shows of itself",
    "Moderate": "To moderate",
    "AcceptItem": "To take something into the commons",
    "Grant": "To grant a licence",
    "Ruling": "To rule on a use of a work",
    "Transfer": "To give away what the phyle holds",
    "Ratify": "To ratify the charter or a treaty",
    "Denounce": "To end a treaty",
    "Rotate": "To change a key of the phyle",
    "Rebind": "To know a member by a new key",
    "Rehost": "To move to another server",
    "Annul": "To annul a decision",
    "Dissolve": "To end the phyle",
}

TERMS: Mapping[str, str] = {
    "vouch_min": "Vouchers that a newcomer needs at least",
    "vouch_cap": "Vouchers that a newcomer needs at most",
    "newcomers_per_voucher": "Newcomers whom one member can vouch for",
    "voucher_period_days": "Days in which one member can vouch for so many",
    "active_days": "A member is active who did something within so many days",
    "probation_days": "Days of probation",
    "lapse_days": "Days after which the membership of who does nothing rests",
    "rebind_vouchers": "Vouchers that a new key needs",
    "rebind_delay_days": "Days in which the old key can object",
    "reply_days": "Days to reply to a charge",
    "appeal_days": "Days to appeal",
    "retention_days": "Days for which ballots are kept",
    "notice_days": "Days of notice before an assembly",
    "requisition": "Members who can have an assembly called",
    "quorum": "Who must come to an assembly",
    "second_call_days": "Days until the second call",
    "ordinary_every_days": "Days within which an ordinary assembly meets",
}

METHODS: Mapping[str, str] = {
    "yesno": "Yes or no",
    "approval": "Approval: tick all that you can live with",
    "score": "Score: give each option points",
    "dot": "Dots: share out a number of dots",
    "irv": "Ranking, for one winner (instant run-off)",
    "stv": "Ranking, for several winners (single transferable vote)",
    "schulze": "Ranking, by comparing options in pairs (Schulze)",
    "quadratic": "Quadratic: share out credits, where more votes for one option cost ever more",
}

ANSWERS: Mapping[str, str] = {
    "for": "Yes, I agree",
    "against": "No, I disagree",
    "abstain": "I abstain: I take part without taking a side",
    "block": "I block: I object, and say what harm it would do",
}

COUNTED: Mapping[str, str] = {"for": "For", "against": "Against", "abstain": "Abstain", "block": "Block"}

BALLOTS: Mapping[str, str] = {"open": "Open", "closed": "Closed, being counted", "counted": "Counted"}

PHYLES: Mapping[str, str] = {
    "gathering": "Gathering",
    "active": "Founded",
    "dormant": "Dormant",
    "dissolved": "Dissolved",
}

DONE: Mapping[str, str] = {
    "signed": "You have signed the charter.",
    "founded": "The phyle is founded. You are a member.",
    "kept": "The charter holds together. Read it, and sign it if you want to found this phyle with it.",
    "applied": "Your application is entered. Now members who know you have to vouch for you.",
    "rebinding": "It is entered. Now members who know you have to vouch for it.",
    "asked": "Your application is on its way. That phyle will answer.",
    "leaving": "That you leave is on its way to that phyle.",
    "vouched": "You have vouched.",
    "objected": "Your objection is entered.",
    "withdrawn_objection": "You have taken your objection back.",
    "left": "You have left.",
    "returned": "Welcome back: you can vote again.",
    "identity": "Your entry in the register is changed.",
    "proposed": "Your proposal is entered.",
    "revised": "The proposal is changed.",
    "sponsored": "You support this proposal now.",
    "withdrawn": "The proposal is withdrawn.",
    "nominated": "The nomination is entered. They have to accept it.",
    "accepted": "You stand as a candidate.",
    "declined": "You have declined.",
    "interest": "Your interest is declared.",
    "outcome": "What came of it is entered.",
    "voted": "Your paper is handed in. You can change it until the ballot closes.",
    "explained": "Your reason is entered.",
    "delegated": "Your vote is lent. You can vote yourself, or take it back, at any time before a ballot closes.",
    "revoked": "You have taken your vote back.",
    "charged": "The charge is entered. The member has time to reply.",
    "replied": "The reply is entered.",
    "charge_withdrawn": "The charge is withdrawn.",
    "appealed": "The appeal is entered.",
    "called": "The assembly is entered.",
    "requested": "Your support is entered.",
    "put": "The proposal is on the agenda.",
    "attended": "You attend: it is entered.",
    "cancelled": "The assembly is cancelled.",
    "moderated": "It is entered, and provisional: it lapses unless it is confirmed.",
    "confirmed": "It is confirmed.",
    "lifted": "It is lifted.",
    "resigned": "You have laid the office down.",
    "inspected": "Your purpose is entered. The register is open to you for an hour.",
    "endorsed": "You have endorsed the new key.",
    "rekeyed": "Another key is yours from now on.",
    "represented": "It is entered who acts for you.",
    "drawn": "The draw has begun.",
    "committed": "Your contribution to the draw is entered.",
}
"""What a page says after something was done, by the word that brings it there."""
