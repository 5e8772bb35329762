"""The OpenAPI document tells the truth: random requests, valid and not, against a real run."""

from typing import Any

import httpx
import pytest
import requests
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dashboards.api.application import SUBJECTS, described
from tests.dashboards.house import House

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def _document() -> dict[str, Any]:
    api = FastAPI()
    for subject in SUBJECTS:
        api.include_router(subject.router)
    return described(api)


schema = schemathesis.openapi.from_dict(_document())


some = settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@schema.exclude(path="/events").parametrize()
@some
def test_answers_are_as_the_document_says(open_house: House, case: Case[Any]) -> None:
    case.call_and_validate(base_url=f"{open_house.url}/api/v1", checks=CHECKS)


@schema.include(path="/events").parametrize()
@some
def test_the_stream_of_events_begins_or_is_refused_as_the_document_says(
    open_house: House, case: Case[Any]
) -> None:
    asked = case.as_transport_kwargs(base_url=f"{open_house.url}/api/v1")
    with requests.Session() as session:
        answer = session.request(**asked, stream=True, timeout=20)
        if answer.headers["Content-Type"].startswith("text/event-stream"):
            answer._content = b""  # the whole never ends

        case.validate_response(answer, checks=CHECKS)
        answer.close()


def test_the_document_is_served_and_names_every_role(open_house: House) -> None:
    document = httpx.get(f"{open_house.url}/api/v1/openapi.json", verify=False).json()  # noqa: S501  # http

    operations = [one for path in document["paths"].values() for one in path.values()]

    assert document["openapi"].startswith("3.")
    assert document["components"]["schemas"]["Finding"]["properties"]["severity"]
    assert all(one["x-role"] for one in operations)
    assert all(one["summary"] and one["description"] for one in operations)
    assert "HTTPValidationError" not in str(document)


@pytest.mark.parametrize("name", ["Finding", "StoredPost", "Verdict", "Problem", "AuthorSummary"])
def test_records_are_described_field_by_field(name: str) -> None:
    (found,) = [one for key, one in _document()["components"]["schemas"].items() if key == name]

    assert found["properties"]
    assert found["required"]
