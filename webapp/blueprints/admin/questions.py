"""The clinic's own questions: add, reword, order, switch off, and see them as patients do."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from webapp.blueprints.admin import blueprint
from webapp.blueprints.admin.question_form import QuestionForm, question_form
from webapp.core.errors import DomainError, NotFound
from webapp.queries.availability import all_types
from webapp.queries.questions import list_questions
from webapp.rules.questions import Question
from webapp.services.questions import add_question, change_question, place_question, switch_question
from webapp.web.forms import HouseForm
from webapp.web.fragments import render
from webapp.web.guards import actor, staff
from webapp.web.questions import question_fields


@blueprint.get("/questions")
@staff("ADMIN")
def questions() -> Any:
    return _list_page(question_form())


@blueprint.post("/questions")
@staff("ADMIN")
def new_question() -> Any:
    form = question_form(sent=True)
    if not form.validate():
        return _list_page(form, 400)
    try:
        add_question(**form.values(), actor=actor())
    except DomainError as error:
        form.refuse(error)
        return _list_page(form, error.status)
    flash(_("The question was added. It is asked from now on."), "good")
    return redirect(url_for("admin.questions"), code=303)


@blueprint.get("/questions/<uuid:question_id>")
@staff("ADMIN")
def question(question_id: UUID) -> Any:
    found = _found(question_id)
    return render("admin/question", question=found, form=question_form(found))


@blueprint.post("/questions/<uuid:question_id>")
@staff("ADMIN")
def set_question(question_id: UUID) -> Any:
    found = _found(question_id)
    form = question_form(found, sent=True)
    if not form.validate():
        return render("admin/question", 400, question=found, form=form)
    try:
        change_question(question_id=found.id, **form.values(), actor=actor())
    except DomainError as error:
        form.refuse(error)
        return render("admin/question", error.status, question=found, form=form)
    flash(_("The question was saved. Earlier answers keep the words they were asked in."), "good")
    return redirect(url_for("admin.questions"), code=303)


@blueprint.post("/questions/<uuid:question_id>/place")
@staff("ADMIN")
def place(question_id: UUID) -> Any:
    wanted = request.form.get("place", type=int)
    if wanted is None:
        abort(400)
    place_question(question_id=_found(question_id).id, place=wanted, actor=actor())
    return redirect(url_for("admin.questions", _anchor=f"q-{question_id}"), code=303)


@blueprint.post("/questions/<uuid:question_id>/asked")
@staff("ADMIN")
def switch(question_id: UUID) -> Any:
    switch_question(question_id=_found(question_id).id, is_active=request.form.get("asked") == "yes", actor=actor())
    return redirect(url_for("admin.questions", _anchor=f"q-{question_id}"), code=303)


def _found(question_id: UUID) -> Question:
    found = next((one for one in list_questions() if one.id == question_id), None)
    if found is None:
        raise NotFound(_("This question does not exist."))
    return found


def _list_page(form: QuestionForm, status: int = 200) -> Any:
    asked = list_questions()
    return render(
        "admin/questions",
        status,
        questions=asked,
        form=form,
        preview=_preview([one for one in asked if one.is_active]),
        type_names={one.id: one.name for one in all_types()},
    )


def _preview(questions: list[Question]) -> HouseForm:
    """The questions as patients see them, to look at only."""
    return type("Preview", (HouseForm,), dict(question_fields(questions)))(formdata=None, meta={"csrf": False})
