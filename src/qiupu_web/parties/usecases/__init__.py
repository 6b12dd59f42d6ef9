"""Everything that may be done with organisations, people, links and tokens."""

from qiupu_web.parties.usecases.accounts import close_demo_accounts, decide_sign_up, edit_account, file_sign_up
from qiupu_web.parties.usecases.links import redeem_link, revoke_link, send_link, use_link
from qiupu_web.parties.usecases.merges import merge_organisations, reopen_pair, tell_apart, undo_merge
from qiupu_web.parties.usecases.notices import (
    choose_digest,
    claim_digest,
    end_search,
    finish_digests,
    record_digest,
    save_search,
    see_news,
)
from qiupu_web.parties.usecases.organisations import add_member, create_organisation, edit_organisation, remove_member
from qiupu_web.parties.usecases.tokens import actor_of_token, issue_token, revoke_token
from qiupu_web.parties.usecases.webhooks import (
    add_webhook,
    claim_delivery,
    edit_webhook,
    end_webhook,
    queue_delivery,
    record_delivery,
    take_test,
)

__all__ = [
    "actor_of_token",
    "add_member",
    "add_webhook",
    "choose_digest",
    "claim_delivery",
    "claim_digest",
    "close_demo_accounts",
    "create_organisation",
    "decide_sign_up",
    "edit_account",
    "edit_organisation",
    "edit_webhook",
    "end_search",
    "end_webhook",
    "file_sign_up",
    "finish_digests",
    "issue_token",
    "merge_organisations",
    "queue_delivery",
    "record_delivery",
    "record_digest",
    "redeem_link",
    "remove_member",
    "reopen_pair",
    "revoke_link",
    "revoke_token",
    "save_search",
    "see_news",
    "send_link",
    "take_test",
    "tell_apart",
    "undo_merge",
    "use_link",
]
