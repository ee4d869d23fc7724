"""What the buttons of Create algorithm ask for while the form is filled in."""

from django.http import JsonResponse
from django.views.decorators.http import require_POST

from algorithms.patterns import generate_pattern
from algorithms.patterns.names import suggest_direction

LONGEST_NAME = 256


@require_POST
def pattern(request):
    """Generate Intelligently, from the indicator's name and the boot file where it can be read."""
    name = request.POST.get("indicator", "").strip()[:LONGEST_NAME]
    generated = generate_pattern(name)
    return JsonResponse({"pattern": generated.pattern, "direction": suggest_direction(name)})
