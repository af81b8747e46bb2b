from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from maintenance_django.decorators import force_maintenance_mode_off

ARTICLES = {
    "opening-hours": {
        "title": "Opening hours",
        "text": "The library is open from nine to six, on Saturdays until two. "
        "Books can be returned at any hour through the slot beside the door.",
    },
}
BOOKS = [
    {"title": "Pride and Prejudice", "year": 1813},
    {"title": "Frankenstein", "year": 1818},
    {"title": "Moby-Dick", "year": 1851},
]


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/home.html")


def article(request: HttpRequest, slug: str) -> HttpResponse:
    if slug not in ARTICLES:
        raise Http404
    return render(request, "demo/article.html", {"article": ARTICLES[slug]})


@login_required
def account(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/account.html")


def books(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"books": BOOKS})


@force_maintenance_mode_off
def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")
