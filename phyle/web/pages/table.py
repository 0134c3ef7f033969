"""Which page answers which address."""

from phyle.web.pages import (
    about,
    authorize,
    front_page,
    interaction,
    posts,
    profiles,
    share,
    sign_in,
    sign_up,
    tags,
)
from phyle.web.routes import Route, page

ROUTES: tuple[Route, ...] = (
    page("GET", "/", front_page.show),
    page("GET", "/about", about.about),
    page("GET", "/operator", about.operator),
    page("GET", "/auth/sign_up", sign_up.show),
    page("POST", "/auth/sign_up", sign_up.join, holds="nothing"),
    page("GET", "/auth/sign_in", sign_in.show),
    page("POST", "/auth/sign_in", sign_in.log_in, holds="nothing"),
    page("POST", "/auth/sign_out", sign_in.log_out),
    page("GET", "/oauth/authorize", authorize.show),
    page("POST", "/oauth/authorize", authorize.decide),
    page("GET", authorize.NATIVE, authorize.native),
    page("GET", "/authorize_interaction", interaction.show, holds="nothing"),
    page("POST", "/authorize_interaction", interaction.act, who="user"),
    page("GET", "/share", share.show),
    page("POST", "/share", share.publish, who="user"),
    page("GET", "/tags/<name>", tags.show),
    page("GET", "/@<name>", profiles.show),
    page("GET", "/@<name>/<id>", posts.show),
)
